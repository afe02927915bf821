using System.Diagnostics;
using System.Runtime.CompilerServices;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Routing;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// One request at one address: connected, sent, answered or failed. It does not decide what comes of it.
/// </summary>
internal sealed class Attempt : IAsyncDisposable
{
    /// <summary>How long an address may take to say why it would not hear the rest of a request.</summary>
    private static readonly TimeSpan GraceForAnswer = TimeSpan.FromMilliseconds(200);

    private readonly Target _target;
    private readonly RouteOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestBody? _body;
    private readonly CancellationToken _client;
    private readonly CancellationTokenSource _stop;
    private readonly long _begun;
    private readonly double _work;
    private CancellationTokenSource? _stopSending;
    private UpstreamConnection? _connection;
    private Task _sending = Task.CompletedTask;
    private bool _kept;
    private bool _cutShort;
    private bool _answered;

    /// <param name="target">Where it goes.</param>
    /// <param name="options">The route's.</param>
    /// <param name="body">The client's body; null for none.</param>
    /// <param name="work">What it is in the route's unit of work.</param>
    /// <param name="time">The clock.</param>
    /// <param name="client">Cancelled when the client goes away.</param>
    public Attempt(Target target, RouteOptions options, RequestBody? body, double work, TimeProvider time,
        CancellationToken client)
    {
        (_target, _options, _body, _work, _time, _client) = (target, options, body, work, time, client);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(client);
        _begun = time.GetTimestamp();
        Beside = target.Upstream.Begin(work);
    }

    public Target Target => _target;

    /// <summary>Whether its body is so large that a tunnel sends it beside the others.</summary>
    public bool Bulk { get; init; }

    /// <summary>Its span; null where nobody traces.</summary>
    public Activity? Span { get; init; }

    /// <summary>Requests that were under way at the address when it began, itself among them.</summary>
    public int Beside { get; }

    /// <summary>The head of the answer; null after a failure.</summary>
    public ResponseHead? Head { get; private set; }

    public Failure? Failure { get; private set; }

    /// <summary>From its beginning to the first octet of the answer.</summary>
    public TimeSpan FirstByte { get; private set; }

    /// <summary>The longest wait between two pieces of the answer.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Whether the client went away, so that nothing is to be done.</summary>
    public bool ClientGone { get; private set; }

    /// <summary>Whether its outcome has been counted for its address.</summary>
    public bool Judged { get; set; }

    /// <summary>What was wrong with the client's body, if something was.</summary>
    public ClientException? ClientFault { get; private set; }

    /// <summary>Trailer fields, once the body has been read.</summary>
    public List<KeyValuePair<string, string>>? Trailers => _connection?.Trailers;

    /// <summary>Connects, sends, and waits for the head of the answer.</summary>
    /// <param name="head">The head of the request.</param>
    /// <param name="chunked">Whether the body goes in chunks.</param>
    /// <param name="bodiless">Whether the answer never has a body (HEAD).</param>
    /// <param name="fresh">Whether only a connection will do that its server cannot be closing just now.</param>
    /// <param name="firstByte">How long the address has, once it has the request.</param>
    /// <returns>Whether there is a head.</returns>
    public async Task<bool> OpenAsync(ReadOnlyMemory<byte> head, bool chunked, bool bodiless, bool fresh,
        TimeSpan firstByte)
    {
        var phase = Phase.Connect;
        try
        {
            while (true)
            {
                phase = Phase.Connect;
                _connection = (Bulk ? null : _target.Upstream.Connections.TakeIdle(fresh)) ?? await ConnectAsync();
                var stale = _connection.Used;
                phase = Phase.Send;
                try
                {
                    await SendAsync(head, chunked, firstByte);
                    phase = _sending.IsCompleted ? Phase.FirstByte : Phase.Send;
                    Head = await ReadHeadAsync(bodiless);
                    FirstByte = _time.GetElapsedTime(_begun);
                    return true;
                }
                catch (UpstreamException e) when (e.Kind == FailureKind.Reset && stale && !fresh)
                {
                    // Its server had closed it before the request came: no failure, and a new connection will tell.
                    if (!await CanUseAnotherAsync())
                        throw;
                    fresh = true;
                }
            }
        }
        catch (UpstreamException e)
        {
            Fail(e.Kind, phase, e.Message);
        }
        catch (ClientException e)
        {
            ClientFault = e;
        }
        catch (OperationCanceledException)
        {
            if (_client.IsCancellationRequested)
                ClientGone = true;
            else
                Fail(phase == Phase.Connect ? FailureKind.Connect : FailureKind.Timeout, phase,
                    phase == Phase.Connect ? "connect: timeout"
                    : $"no answer within {_time.GetElapsedTime(_begun).TotalSeconds:0.0} s");
        }

        return false;
    }

    /// <summary>Another address has answered: this one is let go, and not judged.</summary>
    public Task CancelAsync() => _stop.CancelAsync();

    /// <summary>
    /// Sends no more of the body. Only then can be told whether it is kept, and only then may it be sent elsewhere.
    /// </summary>
    public ValueTask StopSendingAsync() => EndSendingAsync();

    /// <summary>The next piece of the answer's body; empty at its end.</summary>
    /// <exception cref="UpstreamException">It breaks off.</exception>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        var pending = _connection!.ReadBodyAsync(_stop.Token);
        return pending.IsCompletedSuccessfully ? pending : WaitAsync(pending);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> WaitAsync(ValueTask<ReadOnlyMemory<byte>> pending)
    {
        var began = _time.GetTimestamp();
        _stop.CancelAfter(_options.Source.Timeouts.Idle);
        try
        {
            return await pending;
        }
        catch (OperationCanceledException) when (!_client.IsCancellationRequested)
        {
            throw new UpstreamException(FailureKind.Timeout,
                $"nothing more within {_options.Source.Timeouts.Idle.TotalSeconds:0.#} s");
        }
        finally
        {
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
            var gap = _time.GetElapsedTime(began);
            if (gap > LongestGap)
                LongestGap = gap;
        }
    }

    /// <summary>Gives the connection back where both sides are at their end, and closes it otherwise.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_kept)
            return;
        _kept = true;
        var clean = !Bulk && Head is { KeepAlive: true } && _connection is { AtEnd: true } && SentAll
            && !_stop.IsCancellationRequested;
        if (clean)
            _target.Upstream.Connections.Return(_connection!);
        else
            _connection?.Dispose();
        _target.Upstream.End(_work);
        Span?.Stop();
        await EndSendingAsync();
        _stopSending?.Dispose();
        _stop.Dispose();
    }

    private bool SentAll => !_cutShort && _sending.IsCompletedSuccessfully && (_body is null or { IsComplete: true });

    private async ValueTask<UpstreamConnection> ConnectAsync()
    {
        _stop.CancelAfter(_options.Source.Timeouts.Connect);
        var connection = await _target.Upstream.Connections.ConnectAsync(Bulk, _stop.Token);
        _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        return connection;
    }

    // Sending and waiting go on together: an answer may come before all of the request has gone.
    private async Task SendAsync(ReadOnlyMemory<byte> head, bool chunked, TimeSpan firstByte)
    {
        try
        {
            await _connection!.WriteAsync(head, _stop.Token);
        }
        catch (IOException e)
        {
            throw new UpstreamException(FailureKind.Reset,
                $"the connection was reset while the request was sent: {e.InnerException?.Message ?? e.Message}", e);
        }

        if (_body is null)
        {
            _stop.CancelAfter(firstByte);
            return;
        }

        _stopSending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _sending = SendBodyAsync(_connection, chunked, firstByte, _stopSending);
    }

    private async Task SendBodyAsync(UpstreamConnection connection, bool chunked, TimeSpan firstByte,
        CancellationTokenSource stop)
    {
        await _body!.SendAsync(connection, chunked, new IdleTimer(stop, _options.Source.Timeouts.Idle), stop.Token);
        lock (_stop)
        {
            if (!_answered)
                _stop.CancelAfter(firstByte);
        }
    }

    private async ValueTask<ResponseHead> ReadHeadAsync(bool bodiless)
    {
        var reading = _connection!.ReadHeadAsync(bodiless, _stop.Token);
        if (_sending.IsCompletedSuccessfully || reading.IsCompleted)
            return Answered(await reading);

        var waiting = reading.AsTask();
        if (await Task.WhenAny(waiting, _sending) == _sending && !_sending.IsCompletedSuccessfully)
        {
            // An address that has heard enough answers and closes; its answer is worth more than the broken pipe.
            if (await Task.WhenAny(waiting, Task.Delay(GraceForAnswer, _time, CancellationToken.None)) != waiting
                || !waiting.IsCompletedSuccessfully)
            {
                _connection.Dispose();
                await waiting.ContinueWith(static t => t.Exception, CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                await _sending;
            }
        }

        return Answered(await waiting);
    }

    // The body may end in this moment, and must not start the clock of an answer that has come.
    private ResponseHead Answered(ResponseHead head)
    {
        lock (_stop)
        {
            _answered = true;
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        return head;
    }

    private async ValueTask<bool> CanUseAnotherAsync()
    {
        _connection?.Dispose();
        await EndSendingAsync();
        _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        return _body is null or { CanReplay: true } && !_stop.IsCancellationRequested;
    }

    private async ValueTask EndSendingAsync()
    {
        if (!_sending.IsCompleted)
        {
            _cutShort = true;
            await _stopSending!.CancelAsync();
        }

        try
        {
            await _sending;
        }
        catch (Exception e) when (e is OperationCanceledException or UpstreamException or ClientException)
        {
            // What there was to say of it has been said.
            _cutShort = true;
        }

        _sending = Task.CompletedTask;
    }

    private void Fail(FailureKind kind, Phase phase, string reason)
    {
        FirstByte = _time.GetElapsedTime(_begun);
        Failure = new Failure(kind, phase, reason, phase != Phase.Connect);
    }
}
