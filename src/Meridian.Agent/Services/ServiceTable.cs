using System.Collections.Immutable;
using System.Net.Sockets;
using Meridian.Agent.Configuration;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Services;

/// <summary>The services of the agent's file, each with a probe.</summary>
/// <param name="changed">Called after services, or what is known of one, changed.</param>
/// <param name="time">The clock.</param>
internal sealed class ServiceTable(Action changed, TimeProvider time) : IServiceTable, IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private ImmutableArray<ProbedService> _services = [];

    public ImmutableArray<ServiceReport> Reports => [.. _services.Select(s => s.Report)];

    /// <summary>Applies what the file says now. A service that did not change keeps its probe.</summary>
    public async Task ApplyAsync(ImmutableArray<ServiceEntry> entries)
    {
        var before = _services;
        _services = [.. entries.Select(e => before.FirstOrDefault(s => s.Entry == e)
            ?? new ProbedService(e, changed, time))];
        foreach (var gone in before.Except(_services))
            await gone.DisposeAsync();
        changed();
    }

    public async Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken)
    {
        if (_services.FirstOrDefault(s => s.Entry.Name == service) is not { } found)
            return null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            return await found.Entry.Address.ConnectAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
    }
}
