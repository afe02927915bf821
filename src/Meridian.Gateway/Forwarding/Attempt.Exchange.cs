using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Forwarding;

/// <summary>Sending a request and reading the head of its answer.</summary>
internal sealed partial class Attempt
{
    /// <summary>How long an address may take to ask for a body; as long as curl waits.</summary>
    private static readonly TimeSpan TimeToContinue = TimeSpan.FromSeconds(1);

    // Set once the address has asked for the body (100 Continue); null if the client did not send Expect.
    private TaskCompletionSource<bool>? _wanted;

    /// <summary>An interim answer (1xx), which may be what the client waits for.</summary>
    public ValueTask ReceiveAsync(ResponseHead head)
    {
        if (!ExpectsContinue)
            return Interim.ReceiveAsync(head);
        if (head.Status == 100)
            _wanted?.TrySetResult(true);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<UpstreamConnection> ConnectAsync()
    {
        _stop.CancelAfter(_options.Source.Timeouts.Connect);
        var connection = await _target.Upstream.Connections.ConnectAsync(Bulk, _stop.Token);
        _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        return connection;
    }

    // Sending and waiting go on together: an answer may come before all of the request has gone.
    private async ValueTask SendAsync(ReadOnlyMemory<byte> head, bool chunked)
    {
        try
        {
            await _connection!.WriteAsync(head, _stop.Token);
        }
        catch (IOException e)
        {
            throw UpstreamException.WhileSending(e);
        }

        if (_sending is null)
            _stop.CancelAfter(_timeToAnswer);
        else
            _sending.Start(_connection, chunked, Wanted());
    }

    // Once part of the body has been read, the gateway has already sent 100 Continue itself.
    private Task<bool>? Wanted()
    {
        _wanted = ExpectsContinue && _body is { HasBegun: false } && _target.Upstream.SaysContinue
            ? new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        return _wanted?.Task;
    }

    /// <summary>
    /// Waits for 100 Continue; an address that does not send it in time gets the body, and is not asked again.
    /// </summary>
    public async ValueTask<bool> IsWantedAsync(Task<bool> wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await wanted.WaitAsync(TimeToContinue, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _target.Upstream.SaysContinue = false;
            return true;
        }
    }

    private async ValueTask<ResponseHead> ReadHeadAsync(bool bodiless)
    {
        var reading = _connection!.ReadHeadAsync(bodiless, this, _stop.Token);
        if (_sending is null or { Completion.IsCompletedSuccessfully: true } || reading.IsCompleted)
            return Answered(await reading);

        var (waiting, sending) = (reading.AsTask(), _sending.Completion);
        if (await Task.WhenAny(waiting, sending) == sending && !sending.IsCompletedSuccessfully)
        {
            // An address that does not want the rest answers and closes; its answer is worth more than the broken pipe.
            if (await Task.WhenAny(waiting, Task.Delay(GraceForAnswer, _time, CancellationToken.None)) != waiting
                || !waiting.IsCompletedSuccessfully)
            {
                _connection.Dispose();
                await waiting.ContinueWith(static t => t.Exception, CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                await sending;
            }
        }

        return Answered(await waiting);
    }

    // The last of the body may go in this moment, and must not start the clock of an answer that has come.
    private ResponseHead Answered(ResponseHead head)
    {
        lock (_stop)
        {
            _answered = true;
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        }

        // An address that answers before the body was sent does not want it.
        _wanted?.TrySetResult(false);
        return head;
    }

    // A server that gives up an idle connection may say so (RFC 9110 section 15.5.9), and the request meets that. It
    // has not been read then, whatever its method is.
    private static bool SaysIdleTooLong(ResponseHead head) => head is { Status: 408, KeepAlive: false };

    private async ValueTask<bool> CanUseAnotherAsync()
    {
        await StopSendingAsync();
        lock (_stop)
            _answered = false;
        _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        return _body is null or { CanReplay: true } && !_stop.IsCancellationRequested;
    }
}
