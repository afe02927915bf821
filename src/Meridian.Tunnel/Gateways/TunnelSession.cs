using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>One tunnel, as the gateway sees it: a connection that an agent has dialled and answers on.</summary>
public sealed class TunnelSession : IAsyncDisposable
{
    /// <summary>Time for an agent to introduce itself, and to answer that a service is connected.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly SessionClient _client;
    private readonly ControlStream _control;
    private readonly RoundTripMeter _roundTrip;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<TunnelStream, bool> _open = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _offerLock = new();
    private volatile ServiceOffer _offer = ServiceOffer.Nothing;
    private int _inFlight;
    private volatile bool _draining;
    private volatile bool _moved;

    /// <param name="stream">The connection.</param>
    /// <param name="agent">Who has dialled, as its certificate says.</param>
    /// <param name="remote">From where.</param>
    /// <param name="record">Counts what happens on it.</param>
    /// <param name="time">The clock.</param>
    public TunnelSession(Stream stream, string agent, EndPoint? remote, AgentRecord record, TimeProvider time)
    {
        (Agent, Remote, Record, _time) = (agent, remote, record, time);
        _client = new SessionClient(stream, Drain);
        _control = new ControlStream(_client);
        _roundTrip = new RoundTripMeter(time);
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
    public TimeSpan? RoundTrip => _roundTrip.Latest;

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The services that can be reached through it.</summary>
    public ImmutableArray<ServiceReport> Services => _offer.Published;

    /// <summary>Connections to services that all tunnels of the agent may have at a time.</summary>
    public int MaxStreams { get; private set; } = int.MaxValue;

    /// <summary>Whether it takes nothing new.</summary>
    public bool IsDraining => _draining;

    /// <summary>
    /// Whether the agent was asked to dial another node. It still takes connections where nothing else does.
    /// </summary>
    public bool IsMoved => _moved;

    /// <summary>Connections to services that are open.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Of those, the ones that are only kept for later.</summary>
    public int Kept => _open.Keys.Count(s => s.IsKept);

    /// <summary>Counts what happens on it.</summary>
    internal AgentRecord Record { get; }

    /// <summary>What it means to the admittance of others.</summary>
    internal StandingTunnel Standing => new(Instance, Started, IsDraining, IsMoved);

    /// <summary>Asks the agent to introduce itself.</summary>
    /// <exception cref="TunnelException">It does not.</exception>
    public async Task<Hello> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await _control.OpenAsync(limit.Token);
            var hello = (await _control.ReadAsync(limit.Token))?.Hello
                ?? throw new TunnelException("it does not introduce itself");
            (Instance, Version, Started, Labels) = (hello.Instance, hello.Version, hello.Started,
                hello.Labels ?? Labels);
            Offer(hello.Services);
            return hello;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TunnelException($"it did not introduce itself within {AnswerLimit.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException
            || (e is IOException and not TunnelException))
        {
            throw new TunnelException(e.InnerException?.Message ?? e.Message, e);
        }
    }

    /// <summary>Writes a line to the agent.</summary>
    public Task WriteAsync(GatewayLine line, CancellationToken cancellationToken) =>
        _control.WriteAsync(line, cancellationToken);

    /// <summary>Reads what the agent reports until the tunnel ends.</summary>
    /// <param name="changed">Called after every change.</param>
    /// <param name="reported">Called when nothing but the load of services may have changed.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(Action changed, Action reported)
    {
        try
        {
            while (await _control.ReadAsync(_end.Token) is { } line)
                Receive(line, changed, reported);
            return IsDraining ? "the agent has stopped" : "the agent has closed it";
        }
        catch (OperationCanceledException)
        {
            return "it was cut";
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return "the line is lost";
        }
    }

    /// <summary>
    /// Measures the round trip now and then until the tunnel ends. Ends it once it takes nothing new and nothing is
    /// under way, and with its certificate: the agent is asked to dial again before that, with its new one, and what is
    /// under way then has an hour to end.
    /// </summary>
    public async Task WatchAsync(TimeSpan every)
    {
        try
        {
            using var timer = new PeriodicTimer(every, _time);
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await FollowAsync(CertificateLife.StageAt(_time.GetUtcNow(), Until));
                await WriteAsync(new GatewayLine { Ping = _roundTrip.Start() }, _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException
            or ObjectDisposedException)
        {
            // It has ended; whoever reads from it finds out why.
        }
    }

    /// <summary>Applies what the agent may do from now on.</summary>
    public void Review(AgentGrant grant)
    {
        MaxStreams = grant.Streams;
        lock (_offerLock)
            _offer = _offer.Under(grant.Publishes);
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
    /// <exception cref="TunnelException">The agent does not reach the service, or has as many connections as it
    /// may.</exception>
    /// <exception cref="IOException">The tunnel is about to end; another one may do.</exception>
    public async Task<TunnelStream> ConnectAsync(string service, CancellationToken cancellationToken)
    {
        if (!Record.TryReserveStream(MaxStreams))
            throw new TunnelException($"tunnel: agent {Agent} has {MaxStreams} connections to its services, "
                + "and may not have more (limits.streams)");
        Interlocked.Increment(ref _inFlight);
        var content = new DuplexContent();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        limit.CancelAfter(AnswerLimit);
        try
        {
            var answer = await _client.SendAsync(TunnelTokens.StreamPath + Uri.EscapeDataString(service), content,
                limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
                throw RefusalOf(answer);
            var stream = new TunnelStream(this, content, await content.Body.WaitAsync(limit.Token),
                await answer.Content.ReadAsStreamAsync(limit.Token));
            _open[stream] = true;
            return stream;
        }
        catch (Exception e)
        {
            content.Break();
            Interlocked.Decrement(ref _inFlight);
            Record.ReleaseStream();
            if (e is HttpRequestException)
                throw new SessionGoneException();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw _end.IsCancellationRequested ? new SessionGoneException()
                    : new TunnelException($"no answer within {AnswerLimit.TotalSeconds:0} s", e);
            throw;
        }
    }

    /// <summary>Cuts it off.</summary>
    public async ValueTask DisposeAsync()
    {
        Drain();
        await _end.CancelAsync();
        _control.Dispose();
        await _client.DisposeAsync();
    }

    /// <summary>A connection to a service has ended.</summary>
    internal void Forget(TunnelStream stream)
    {
        _open.TryRemove(stream, out _);
        Interlocked.Decrement(ref _inFlight);
    }

    private void Receive(AgentLine line, Action changed, Action reported)
    {
        if (line.Pong != 0)
            _roundTrip.Receive(line.Pong);
        var hasChanged = line.Drain
            || (line.Services is { } offered && !_offer.DiffersByLoadAlone(offered));
        if (line.Services is { } services)
            Offer(services);
        if (line.Drain)
            Drain();
        if (hasChanged)
            changed();
        else if (line.Services is not null)
            reported();
    }

    private async Task FollowAsync(CertificateStage stage)
    {
        if (stage >= CertificateStage.EndsSoon && !IsMoved)
            await MoveAsync(_end.Token);
        if (stage >= CertificateStage.Ended)
            Drain();
        if ((IsDraining && InFlight == 0) || stage == CertificateStage.LongEnded)
            await _end.CancelAsync();
    }

    private void Offer(ImmutableArray<ServiceReport> services)
    {
        lock (_offerLock)
            _offer = _offer.Of(services);
    }

    private static TunnelException RefusalOf(HttpResponseMessage answer)
    {
        using (answer)
        {
            return new TunnelException(answer.Headers.TryGetValues(TunnelTokens.Reason, out var reasons)
                ? reasons.First() : $"the agent answers {(int)answer.StatusCode}");
        }
    }
}
