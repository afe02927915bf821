using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>One connection that an agent has dialled, as the gateway that speaks HTTP/2 on it sees it.</summary>
public sealed class TunnelSession : IAsyncDisposable
{
    /// <summary>Time between pings, and for the answer to one: a dead line is told within the sum of both.</summary>
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);

    /// <summary>Time for an agent to introduce itself, and for one to answer that a stream stands.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long before its certificate ends a tunnel is to be replaced, and how long after it may go on.
    /// </summary>
    private static readonly TimeSpan BeforeEnd = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AfterEnd = TimeSpan.FromHours(1);

    /// <summary>Grows by itself up to 16 MiB (the client's own measure of the line).</summary>
    private const int FirstWindow = 1 << 20;

    private readonly SessionStream _stream;
    private readonly HttpMessageInvoker _invoker;
    private readonly ConcurrentDictionary<TunnelStream, bool> _open = [];
    private readonly CancellationTokenSource _end = new();
    private readonly DuplexContent _control = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TimeProvider _time;
    private LineReader? _lines;
    private ImmutableArray<ServiceReport> _said = [];
    private ImmutableArray<ServiceReport> _services = [];
    private Func<string, bool> _publishes = _ => false;
    private (long Number, long At) _ping;
    private long _roundTrip;
    private int _dials;
    private int _inFlight;
    private volatile bool _draining;
    private volatile bool _moved;

    /// <param name="stream">The connection.</param>
    /// <param name="agent">Who has dialled, as its certificate says.</param>
    /// <param name="remote">From where.</param>
    /// <param name="record">Where what happens on it is counted.</param>
    /// <param name="time">The clock.</param>
    public TunnelSession(Stream stream, string agent, EndPoint? remote, AgentRecord record, TimeProvider time)
    {
        (_stream, Agent, Remote, Record, _time) = (new SessionStream(stream), agent, remote, record, time);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => DialAsync(),
            EnableMultipleHttp2Connections = false,
            InitialHttp2StreamWindowSize = FirstWindow,
            KeepAlivePingDelay = Ping,
            KeepAlivePingTimeout = Ping,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Who has dialled.</summary>
    public string Agent { get; }

    /// <summary>From where.</summary>
    public EndPoint? Remote { get; }

    /// <summary>Tells the agent's processes apart; empty before it has introduced itself.</summary>
    public string Instance { get; private set; } = "";

    /// <summary>What people call the agent's host and its kind.</summary>
    public ImmutableDictionary<string, string> Labels { get; private set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>When the agent's process was started, in ticks.</summary>
    public long Started { get; private set; }

    /// <summary>Version of the agent's program.</summary>
    public string Version { get; private set; } = "";

    /// <summary>When the certificate ends that it was opened with.</summary>
    public DateTimeOffset Until { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The last round trip that was measured; null before the first.</summary>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTrip) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>What it leads to, as far as it may be used.</summary>
    public ImmutableArray<ServiceReport> Services => _services;

    /// <summary>Connections to services that all tunnels of the agent may have at a time.</summary>
    public int MaxStreams { get; private set; } = int.MaxValue;

    /// <summary>Whether it takes nothing new.</summary>
    public bool IsDraining => _draining;

    /// <summary>Whether the agent was asked to dial another node: it leads on, where nothing else does.</summary>
    public bool IsMoved => _moved;

    /// <summary>Connections to services that are open.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Of those, the ones that are only kept for later.</summary>
    public int Kept => _open.Keys.Count(s => s.IsKept);

    /// <summary>Asks the agent to introduce itself.</summary>
    /// <exception cref="TunnelException">It does not.</exception>
    public async Task<Hello> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        limit.CancelAfter(Patience);
        try
        {
            var answer = await SendAsync(TunnelTokens.ControlPath, _control, limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw new TunnelException($"it answers {(int)answer.StatusCode}");
            _lines = new LineReader(PipeReader.Create(await answer.Content.ReadAsStreamAsync(limit.Token)));
            var hello = (await _lines.ReadAsync(TunnelJson.Default.AgentLine, limit.Token))?.Hello
                ?? throw new TunnelException("it does not introduce itself");
            (Instance, Version, Started, _said) = (hello.Instance, hello.Version, hello.Started, hello.Services);
            Labels = hello.Labels ?? Labels;
            return hello;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TunnelException($"it did not introduce itself within {Patience.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException
            || (e is IOException and not TunnelException))
        {
            throw new TunnelException(e.InnerException?.Message ?? e.Message, e);
        }
    }

    /// <summary>Writes a line to the agent.</summary>
    public async Task WriteAsync(GatewayLine line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var body = await _control.Body.WaitAsync(cancellationToken);
            await body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, TunnelJson.Default.GatewayLine),
                cancellationToken);
            await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await body.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Reads what the agent says until the tunnel ends.</summary>
    /// <param name="changed">Called after every change.</param>
    /// <param name="reported">Called when nothing but the load of services may have changed.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(Action changed, Action reported)
    {
        try
        {
            while (await _lines!.ReadAsync(TunnelJson.Default.AgentLine, _end.Token) is { } line)
            {
                if (line.Pong != 0)
                    Heard(line.Pong);
                var onlyLoad = !line.Drain
                    && (line.Services is not { } now
                        || now.Select(WithoutLoad).SequenceEqual(_said.Select(WithoutLoad)));
                if (line.Services is { } services)
                    Say(services);
                if (line.Drain)
                    Drain();
                if (!onlyLoad)
                    changed();
                else if (line.Services is not null)
                    reported();
            }

            return IsDraining ? "the agent has stopped" : "the agent has closed it";
        }
        catch (OperationCanceledException)
        {
            return "it was cut";
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            return e is InvalidDataException ? e.Message : "the line is lost";
        }
    }

    /// <summary>
    /// Looks at it now and then until it ends: measures the round trip, and lets no tunnel outlive its certificate. The
    /// agent is asked to dial again before that, with its new one; what is under way then has an hour to end.
    /// </summary>
    public async Task WatchAsync(TimeSpan every)
    {
        try
        {
            using var timer = new PeriodicTimer(every, _time);
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                var now = _time.GetUtcNow();
                if (now >= Until - BeforeEnd && !IsMoved)
                    await MoveAsync(_end.Token);
                if (now >= Until)
                    Drain();
                if ((IsMoved && IsDraining && InFlight == 0) || now >= Until + AfterEnd)
                    await _end.CancelAsync();
                _ping = (_ping.Number + 1, _time.GetTimestamp());
                await WriteAsync(new GatewayLine { Ping = _ping.Number }, _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException
            or ObjectDisposedException)
        {
            // It has ended; whoever reads from it finds out why.
        }
    }

    /// <summary>Says what may be used from now on.</summary>
    public void Review(AgentGrant grant)
    {
        MaxStreams = grant.Streams;
        lock (_writing)
        {
            _publishes = grant.Publishes;
            _services = [.. _said.Where(s => grant.Publishes(s.Name))];
        }
    }

    /// <summary>Asks the agent to dial another node.</summary>
    public Task MoveAsync(CancellationToken cancellationToken)
    {
        _moved = true;
        return WriteAsync(new GatewayLine { Move = true }, cancellationToken);
    }

    /// <summary>Takes nothing new from now on.</summary>
    public void Drain()
    {
        _draining = true;
        foreach (var stream in _open.Keys)
            stream.EndIfKept();
    }

    /// <summary>Opens a connection to a service.</summary>
    /// <exception cref="TunnelException">The agent does not reach the service.</exception>
    /// <exception cref="IOException">The tunnel is going away; another may do.</exception>
    public async Task<TunnelStream> ConnectAsync(string service, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        var content = new DuplexContent();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
            limit.CancelAfter(Patience);
            var answer = await SendAsync(TunnelTokens.StreamPath + Uri.EscapeDataString(service), content, limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                answer.Dispose();
                throw new TunnelException(answer.Headers.TryGetValues(TunnelTokens.Reason, out var reasons)
                    ? reasons.First() : $"the agent answers {(int)answer.StatusCode}");
            }

            var stream = new TunnelStream(this, content, await content.Body.WaitAsync(limit.Token),
                await answer.Content.ReadAsStreamAsync(limit.Token));
            _open[stream] = true;
            return stream;
        }
        catch (Exception e)
        {
            content.Break();
            Interlocked.Decrement(ref _inFlight);
            if (e is HttpRequestException)
                throw new SessionGoneException();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw _end.IsCancellationRequested
                ? new SessionGoneException() : new TunnelException($"no answer within {Patience.TotalSeconds:0} s", e);
            throw;
        }
    }

    /// <summary>Cuts it.</summary>
    public async ValueTask DisposeAsync()
    {
        Drain();
        await _end.CancelAsync();
        _control.Complete();
        _invoker.Dispose();
        await _stream.DisposeAsync();
    }

    /// <summary>Where what happens on it is counted.</summary>
    internal AgentRecord Record { get; }

    /// <summary>A connection to a service has ended.</summary>
    internal void Ended(TunnelStream stream)
    {
        _open.TryRemove(stream, out _);
        Interlocked.Decrement(ref _inFlight);
    }

    private void Heard(long pong)
    {
        if (_ping is var (number, at) && number == pong)
            Volatile.Write(ref _roundTrip, Math.Max(1, _time.GetElapsedTime(at).Ticks));
    }

    private static ServiceReport WithoutLoad(ServiceReport report) => report with { Load = null };

    private void Say(ImmutableArray<ServiceReport> services)
    {
        lock (_writing)
            (_said, _services) = (services, [.. services.Where(s => _publishes(s.Name))]);
    }

    private Task<HttpResponseMessage> SendAsync(string path, HttpContent content,
        CancellationToken cancellationToken) => _invoker.SendAsync(
        // always one authority: another would be another connection
        new HttpRequestMessage(HttpMethod.Post, $"http://agent{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        }, cancellationToken);

    private ValueTask<Stream> DialAsync()
    {
        if (Interlocked.Increment(ref _dials) == 1)
            return ValueTask.FromResult<Stream>(_stream);
        Drain();
        throw new SessionGoneException();
    }
}
