using System.Diagnostics;
using System.Runtime.CompilerServices;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// One request at one address: connected, sent, answered or failed. It does not decide what follows.
/// </summary>
internal sealed partial class Attempt : IInterimReceiver, IAsyncDisposable
{
    /// <summary>How long an address may take to say why it does not want the rest of a request.</summary>
    private static readonly TimeSpan GraceForAnswer = TimeSpan.FromMilliseconds(200);

    private readonly Target _target;
    private readonly RouteOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestBody? _body;
    private readonly BodySending? _sending;
    private readonly CancellationToken _client;
    private readonly CancellationTokenSource _stop;
    private readonly long _begun;
    private readonly double _work;
    private UpstreamConnection? _connection;
    private TimeSpan _timeToAnswer;
    private bool _disposed;
    private bool _answered;

    /// <param name="target">Where it goes.</param>
    /// <param name="options">Options of the route.</param>
    /// <param name="body">The client's body; null for none.</param>
    /// <param name="work">What the request is in the route's unit of work.</param>
    /// <param name="time">The clock.</param>
    /// <param name="client">Cancelled when the client goes away.</param>
    public Attempt(Target target, RouteOptions options, RequestBody? body, double work, TimeProvider time,
        CancellationToken client)
    {
        (_target, _options, _body, _work, _time, _client) = (target, options, body, work, time, client);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(client);
        if (body is not null)
            _sending = new BodySending(body, this, options.Source.Timeouts.Idle, _stop.Token);
        _begun = time.GetTimestamp();
        Beside = target.Upstream.Begin(work);
    }

    public Target Target => _target;

    /// <summary>Whether the body is so large that a tunnel sends it apart from the others.</summary>
    public bool Bulk { get; init; }

    /// <summary>Gets the interim answers.</summary>
    public required IInterimReceiver Interim { get; init; }

    /// <summary>Whether the client sent <c>Expect: 100-continue</c>.</summary>
    public bool ExpectsContinue { get; init; }

    /// <summary>The span of the attempt; null where nobody traces.</summary>
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

    /// <summary>Whether the client went away, so that nothing is left to be done.</summary>
    public bool ClientGone { get; private set; }

    /// <summary>Whether its outcome has been reported.</summary>
    public bool Reported { get; set; }

    /// <summary>What was wrong with the client's body, if something was.</summary>
    public ClientException? ClientFault { get; private set; }

    /// <summary>Trailer fields, once the body has been read.</summary>
    public List<KeyValuePair<string, string>>? Trailers => _connection?.Trailers;

    /// <summary>Connects, sends, and waits for the head of the answer.</summary>
    /// <param name="head">The head of the request.</param>
    /// <param name="chunked">Whether the body goes in chunks.</param>
    /// <param name="bodiless">Whether the answer never has a body (HEAD).</param>
    /// <param name="fresh">Whether only a connection will do that its server cannot be closing just now.</param>
    /// <param name="timeToAnswer">How long the address has for the first octet of its answer, once it has the
    /// request.</param>
    /// <returns>Whether there is a head.</returns>
    public async Task<bool> OpenAsync(ReadOnlyMemory<byte> head, bool chunked, bool bodiless, bool fresh,
        TimeSpan timeToAnswer)
    {
        _timeToAnswer = timeToAnswer;
        var phase = FailurePhase.Connect;
        var another = Bulk;
        try
        {
            while (true)
            {
                phase = FailurePhase.Connect;
                _connection = (another ? null : _target.Upstream.Connections.TakeIdle(fresh)) ?? await ConnectAsync();
                var stale = _connection.Used;
                phase = FailurePhase.Send;
                try
                {
                    await SendAsync(head, chunked);
                    phase = _sending is null or { Completion.IsCompleted: true }
                        ? FailurePhase.FirstByte : FailurePhase.Send;
                    Head = await ReadHeadAsync(bodiless);
                    FirstByte = _time.GetElapsedTime(_begun);
                    if (!stale || !SaysIdleTooLong(Head) || !await CanUseAnotherAsync())
                        return true;
                    Head = null;
                }
                catch (UpstreamException e) when (e.Kind == FailureKind.Reset && stale && !fresh)
                {
                    // Its server had closed it before the request came. That is no failure; a new connection will show.
                    if (!await CanUseAnotherAsync())
                        throw;
                }

                another = true;
                _connection.Dispose();
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
            else if (phase == FailurePhase.Connect)
                Fail(FailureKind.Connect, phase, "connect: timeout");
            else
                Fail(FailureKind.Timeout, phase,
                    $"no answer within {_time.GetElapsedTime(_begun).TotalSeconds:0.0} s");
        }

        return false;
    }

    /// <summary>Gives the address up, because another one has answered. It is not judged for that.</summary>
    public Task CancelAsync() => _stop.CancelAsync();

    /// <inheritdoc cref="BodySending.EndAsync"/>
    public ValueTask StopSendingAsync() => _sending?.EndAsync() ?? ValueTask.CompletedTask;

    /// <summary>
    /// The address has all of the request: the time for its answer runs, unless the answer has come already.
    /// </summary>
    public void BodySent()
    {
        lock (_stop)
        {
            if (!_answered)
                _stop.CancelAfter(_timeToAnswer);
        }
    }

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
        if (_disposed)
            return;
        _disposed = true;
        var clean = !Bulk && Head is { KeepAlive: true } && _connection is { AtEnd: true }
            && _sending is null or { SentAll: true } && !_stop.IsCancellationRequested;
        if (clean)
            _target.Upstream.Connections.Return(_connection!);
        else
            _connection?.Dispose();
        _target.Upstream.End(_work);
        Span?.Stop();
        if (_sending is not null)
            await _sending.DisposeAsync();
        _stop.Dispose();
    }

    private void Fail(FailureKind kind, FailurePhase phase, string reason)
    {
        FirstByte = _time.GetElapsedTime(_begun);
        Failure = new Failure(kind, phase, reason, phase != FailurePhase.Connect);
    }
}
