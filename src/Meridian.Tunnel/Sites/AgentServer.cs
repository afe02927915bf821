using System.Collections.Concurrent;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Meridian.Tunnel.Sites;

/// <summary>
/// The agent's end: an HTTP/2 server on connections that it has dialled itself. <see cref="Link"/> keeps each of them,
/// and <see cref="AgentEndpoints"/> answers on them.
/// </summary>
public sealed class AgentServer : IAsyncDisposable
{
    /// <summary>The most connections to services through one tunnel at a time.</summary>
    private const int MaxStreamsPerConnection = 10_000;

    private static readonly TimeSpan DialInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainNotice = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly IServiceTable _services;
    private readonly Dialer _dialer;
    private readonly TimeProvider _time;
    private readonly ControlStreams _controls;
    private readonly AgentEndpoints _endpoints;
    private readonly StreamListener _listener = new();
    private readonly ConcurrentDictionary<StreamConnection, bool> _connections = [];
    private readonly ConcurrentDictionary<GatewayAddress, string> _faults = [];
    private readonly CancellationTokenSource _dialling = new();
    private Link[] _links = [];
    private WebApplication? _app;

    /// <param name="options">What it is started with.</param>
    /// <param name="services">Its services.</param>
    /// <param name="dialer">Makes its connections.</param>
    /// <param name="log">Receives what happens, in sentences, and how grave it is.</param>
    /// <param name="time">The clock.</param>
    public AgentServer(AgentOptions options, IServiceTable services, Dialer dialer, Action<LogLevel, string> log,
        TimeProvider time)
    {
        (Options, _services, _dialer, Log, _time) = (options, services, dialer, log, time);
        var started = time.GetUtcNow().Ticks;
        _controls = new ControlStreams(() => new Hello(options.Instance, options.Version, services.Reports, started,
            options.Labels.IsEmpty ? null : options.Labels));
        _endpoints = new AgentEndpoints(_controls, services);
    }

    /// <summary>The state of its connections.</summary>
    public IEnumerable<LinkState> Links => _links.Select(l => l.State);

    /// <summary>Connections to services that are open.</summary>
    public int InFlight => _endpoints.InFlight;

    internal AgentOptions Options { get; }

    internal Action<LogLevel, string> Log { get; }

    /// <summary>Dials, and answers until it is asked to stop.</summary>
    /// <returns>Null where it was asked to stop; otherwise why it is of no use to go on.</returns>
    public async Task<Refusal?> RunAsync(CancellationToken cancellationToken)
    {
        _app = StreamHost.Build(_listener, HttpProtocols.Http2, SetLimits);
        _app.Run(_endpoints.AnswerAsync);
        await _app.StartAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _dialling.Token);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _links = [.. Enumerable.Range(0, Options.Connections).Select(i => new Link(i, this, _dialer, _time))];
        try
        {
            return await await Task.WhenAny(_links.Select((link, i) => DialAsync(link, i, first, stop.Token)));
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            await _dialling.CancelAsync();
        }
    }

    /// <summary>
    /// Reports all services to the gateways; to be called after they, or what is known of them, changed.
    /// </summary>
    public Task ReportAsync() => _controls.WriteAsync(new AgentLine { Services = _services.Reports });

    /// <summary>
    /// Asks for nothing new, and waits until what is under way has ended or the limit is reached.
    /// </summary>
    public async Task DrainAsync()
    {
        await _controls.DrainAsync();
        var began = _time.GetTimestamp();
        await Task.Delay(DrainNotice, _time);
        while (InFlight > 0 && _time.GetElapsedTime(began) < Options.Drain)
            await Task.Delay(DrainInterval, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _dialling.CancelAsync();
        foreach (var connection in _connections.Keys)
            await connection.DisposeAsync();
        if (_app is not null)
        {
            using var limit = new CancellationTokenSource(StopLimit);
            await _app.StopAsync(limit.Token);
            await _app.DisposeAsync();
        }
    }

    /// <summary>Answers on a connection until it ends.</summary>
    /// <returns>False once the server has stopped.</returns>
    internal bool Serve(StreamConnection connection)
    {
        _connections[connection] = true;
        _ = connection.Ended.ContinueWith(_ => _connections.TryRemove(connection, out bool _), TaskScheduler.Default);
        return _listener.Serve(connection);
    }

    /// <summary>Logs why a gateway takes no connection: once for all connections, and as long as it is so.</summary>
    internal void ReportFault(GatewayAddress gateway, string fault)
    {
        var isNew = true;
        _faults.AddOrUpdate(gateway, fault, (_, before) =>
        {
            isNew = before != fault;
            return fault;
        });
        if (isNew)
            Log(LogLevel.Warning, fault);
    }

    /// <summary>A connection to a gateway stands: the next fault is a new one.</summary>
    internal void ReportStanding(GatewayAddress gateway) => _faults.TryRemove(gateway, out _);

    // The first one dials alone, so that a gateway that cannot be reached or refuses is reported once.
    private async Task<Refusal> DialAsync(Link link, int number, TaskCompletionSource first, CancellationToken stop)
    {
        if (number > 0)
        {
            await first.Task.WaitAsync(stop);
            await Task.Delay(DialInterval * number, _time, stop);
        }

        return await link.RunAsync(() => first.TrySetResult(), stop);
    }

    private void SetLimits(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = null;

        // One slow stream would end the whole connection.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.Http2.InitialStreamWindowSize = Options.StreamWindow;
        limits.Http2.InitialConnectionWindowSize = Options.ConnectionWindow;

        // Kestrel's guard against resets grows with it: people stop answers all the time.
        limits.Http2.MaxStreamsPerConnection = MaxStreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = Ping;
        limits.Http2.KeepAlivePingTimeout = Ping;
    }
}
