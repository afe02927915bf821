using System.Collections.Concurrent;
using System.Net.Sockets;
using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tunnel.Sites;

/// <summary>
/// The agent's end: an HTTP/2 server on connections that it has dialled itself. It answers two things: who it is, and
/// connections to the services that its own file allows.
/// </summary>
public sealed class AgentServer : IAsyncDisposable
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);

    private readonly long _started;
    private readonly IServiceTable _services;
    private readonly Dialer _dialer;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ControlWriter, bool> _controls = [];
    private readonly ConcurrentDictionary<StreamConnection, bool> _connections = [];
    private readonly CancellationTokenSource _dialling = new();
    private Link[] _links = [];
    private WebApplication? _app;
    private int _inFlight;
    private volatile bool _draining;

    /// <param name="options">What it is started with.</param>
    /// <param name="services">Its services.</param>
    /// <param name="dialer">Makes its connections.</param>
    /// <param name="log">What happens, in words.</param>
    /// <param name="time">The clock.</param>
    public AgentServer(AgentOptions options, IServiceTable services, Dialer dialer, Action<string> log,
        TimeProvider time)
    {
        (Options, _services, _dialer, Log, _time, _started) = (options, services, dialer, log, time,
            time.GetUtcNow().Ticks);
    }

    /// <summary>How its connections are.</summary>
    public IEnumerable<LinkState> Links => _links.Select(l => l.State);

    /// <summary>Connections to services that are open.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    internal AgentOptions Options { get; }

    private StreamListener Listener { get; } = new();

    internal Action<string> Log { get; }

    /// <summary>Dials, and answers until it is told to stop.</summary>
    /// <returns>Null where it was told to stop; otherwise why it is of no use to go on.</returns>
    public async Task<Refusal?> RunAsync(CancellationToken cancellationToken)
    {
        _app = Build();
        await _app.StartAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _dialling.Token);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _links = [.. Enumerable.Range(0, Options.Connections).Select(i => new Link(i, this, _dialer, _time))];
        try
        {
            // One alone first: a gateway that cannot be reached or does not want it says so once.
            var loops = _links.Select(async (link, i) =>
            {
                if (i > 0)
                {
                    await first.Task.WaitAsync(stop.Token);
                    await Task.Delay(Spacing * i, _time, stop.Token);
                }

                return await link.RunAsync(() => first.TrySetResult(), stop.Token);
            });
            return await await Task.WhenAny(loops);
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

    /// <summary>The services, or what is known of them, have changed.</summary>
    public Task TellAsync() => SayAsync(new AgentLine { Services = _services.Reports });

    /// <summary>
    /// Asks for nothing new, waits until what is under way has ended or the limit is reached, and closes the
    /// connections.
    /// </summary>
    public async Task DrainAsync()
    {
        _draining = true;
        await SayAsync(new AgentLine { Drain = true });
        var began = _time.GetTimestamp();
        await Task.Delay(TimeSpan.FromMilliseconds(100), _time);
        while (InFlight > 0 && _time.GetElapsedTime(began) < Options.Drain)
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _dialling.CancelAsync();
        foreach (var connection in _connections.Keys)
            await connection.DisposeAsync();
        if (_app is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
        }
    }

    /// <summary>Answers on a connection until it ends.</summary>
    /// <returns>Whether there still is somebody to answer.</returns>
    internal bool Serve(StreamConnection connection)
    {
        _connections[connection] = true;
        _ = connection.Ended.ContinueWith(_ => _connections.TryRemove(connection, out bool _), TaskScheduler.Default);
        return Listener.Serve(connection);
    }

    private async Task SayAsync(AgentLine line)
    {
        foreach (var control in _controls.Keys)
            await control.WriteAsync(line);
    }

    private WebApplication Build()
    {
        // nothing of the host's files and variables
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IConnectionListenerFactory>(Listener);
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = null;
            k.Limits.MinRequestBodyDataRate = null; // one slow stream would end the whole connection
            k.Limits.MinResponseDataRate = null;
            k.Limits.Http2.InitialStreamWindowSize = Options.StreamWindow;
            k.Limits.Http2.InitialConnectionWindowSize = Options.ConnectionWindow;
            // and with it the guard against resets: people stop answers
            k.Limits.Http2.MaxStreamsPerConnection = 10_000;
            k.Limits.Http2.KeepAlivePingDelay = Ping;
            k.Limits.Http2.KeepAlivePingTimeout = Ping;
            k.Listen(new StreamEndPoint(), l => l.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        return app;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == TunnelTokens.ControlPath)
            await ControlAsync(context);
        else if (context.Request.Path.Value is { } path
            && path.StartsWith(TunnelTokens.StreamPath, StringComparison.Ordinal))
            await StreamAsync(context, path[TunnelTokens.StreamPath.Length..]);
        else
            context.Response.StatusCode = 404;
    }

    private async Task ControlAsync(HttpContext context)
    {
        var link = context.Features.Get<Link>()!;
        using var control = new ControlWriter(context.Response.Body);
        await control.WriteAsync(new AgentLine { Hello = new Hello(Options.Instance, Options.Version, _services.Reports,
            _started, Options.Labels.IsEmpty ? null : Options.Labels) });
        _controls[control] = true;
        try
        {
            if (_draining)
                await control.WriteAsync(new AgentLine { Drain = true });
            var lines = new LineReader(context.Request.BodyReader);
            while (await lines.ReadAsync(TunnelJson.Default.GatewayLine, context.RequestAborted) is { } line)
            {
                if (line.Ping != 0)
                    await control.WriteAsync(new AgentLine { Pong = line.Ping });
                link.Heard(line);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException)
        {
            // The connection ends, and the link dials again.
        }
        finally
        {
            _controls.TryRemove(control, out _);
        }
    }

    private async Task StreamAsync(HttpContext context, string service)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            using var socket = await _services.ConnectAsync(Uri.UnescapeDataString(service), context.RequestAborted);
            if (socket is null)
            {
                context.Response.StatusCode = 404;
                context.Response.Headers[TunnelTokens.Reason] = "the agent has no such service";
                return;
            }

            await context.Response.BodyWriter.FlushAsync(context.RequestAborted); // the answer: it stands
            await Pump.RunAsync(context, socket);
        }
        catch (SocketException e)
        {
            context.Response.StatusCode = 502;
            context.Response.Headers[TunnelTokens.Reason] = e.SocketErrorCode == SocketError.ConnectionRefused
                ? "connect: refused" : $"connect: {e.SocketErrorCode}";
        }
        catch (OperationCanceledException)
        {
            // Nobody wants it any more.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
