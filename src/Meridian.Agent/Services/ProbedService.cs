using System.Globalization;
using System.Net.Sockets;
using Meridian.Agent.Configuration;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Services;

/// <summary>A service with its probe, which runs until it is disposed.</summary>
internal sealed class ProbedService : IAsyncDisposable
{
    private const double MaxLoad = 100;

    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Task _loop;
    private volatile ProbeHistory _history;

    /// <param name="entry">The service.</param>
    /// <param name="changed">Called after its report has changed.</param>
    /// <param name="time">The clock.</param>
    public ProbedService(ServiceEntry entry, Action changed, TimeProvider time)
    {
        (Entry, _changed, _time, _history) = (entry, changed, time, ProbeHistory.Begin(entry.Name));
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero, // every probe finds out whether a connection can be made
            ConnectCallback = async (_, token) =>
                new NetworkStream(await entry.Address.ConnectAsync(token), ownsSocket: true),
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri("http://localhost") };
        _loop = Task.Run(RunAsync);
    }

    public ServiceEntry Entry { get; }

    /// <summary>What is known of it.</summary>
    public ServiceReport Report => _history.Report;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var before = _history;
                var outcome = await ProbeAsync();
                _history = before.With(outcome);

                // A load is reported again even if it is the same, because gateways forget an old one.
                if (Report != before.Report || outcome.Load is not null)
                    _changed();
                await Task.Delay(_history.IsSuspicious ? ConfirmInterval : Entry.Interval, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private async Task<ProbeOutcome> ProbeAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(Limit);
        try
        {
            if (Entry.HealthPath is { } path)
                return await GetAsync(path, limit.Token);
            using var socket = await Entry.Address.ConnectAsync(limit.Token);
            return new ProbeOutcome(null);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return new ProbeOutcome("timeout");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is, it is the reason, and the next probe follows.
            return new ProbeOutcome(FaultOf(e));
        }
    }

    private async Task<ProbeOutcome> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)answer.StatusCode < 400 ? new ProbeOutcome(null, LoadOf(answer))
            : new ProbeOutcome($"http: {(int)answer.StatusCode}");
    }

    private static string FaultOf(Exception e) =>
        (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode switch
        {
            null => e.Message,
            SocketError.ConnectionRefused => "connect: refused",
            var code => $"connect: {code}",
        };

    // 0 idle, 1 full; a service that is overloaded may say more.
    private static double? LoadOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues("x-load", out var values) && values.Count == 1
        && double.TryParse(values.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
        && load is >= 0 and <= MaxLoad ? load : null;
}
