using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Meridian.Gateway.Forwarding;

/// <summary>Passing an answer on.</summary>
internal sealed partial class ProxiedRequest
{
    /// <summary>Reset Content: what its address sends with it is read, and goes no further.</summary>
    private const int NoBody = StatusCodes.Status205ResetContent;

    private async Task RelayAsync(Attempt attempt, ResponseHead head)
    {
        _body?.Answered();
        if (_body is not null && !_route.Options.Source.Deterministic)
            await _body.ForgetAsync();
        WriteHead(attempt, head);
        _digest = _route.Options.Source.Deterministic ? new SentDigest(head) : null;
        while (true)
        {
            ReadOnlyMemory<byte> piece;
            try
            {
                var reading = attempt.ReadAsync();

                // A head whose body takes its time does not wait for it.
                if (!reading.IsCompleted && !_context.Response.HasStarted)
                    await _context.Response.BodyWriter.FlushAsync(_context.RequestAborted);
                piece = await reading;
            }
            catch (UpstreamException e)
            {
                await BreakOffAsync(attempt, Failure.OfBody(e.Kind, e.Message));
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (piece.IsEmpty)
                break;
            if (head.Status != NoBody && !await PassOnAsync(piece))
                return;
        }

        await EndAsync(attempt);
        _services.Observer.Served(_route, attempt.Target, attempt.LongestGap);
    }

    /// <summary>
    /// Passes a piece on to the client, of an event stream as far as its events are complete; false when the client is
    /// gone.
    /// </summary>
    private ValueTask<bool> PassOnAsync(ReadOnlyMemory<byte> piece) =>
        _events is null ? WriteAsync(piece) : PassEventsOnAsync(_events, piece);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> PassEventsOnAsync(EventTail events, ReadOnlyMemory<byte> piece)
    {
        var complete = events.Read(piece.Span);
        if (complete > 0 && !(await ReleaseAsync(events) && await WriteAsync(piece[..complete])))
            return false;
        var rest = piece[complete..];
        return events.TryHold(rest.Span) || (await ReleaseAsync(events) && await WriteAsync(rest));
    }

    private async ValueTask<bool> ReleaseAsync(EventTail events)
    {
        if (events.Held.IsEmpty)
            return true;
        var isThere = await WriteAsync(events.Held);
        events.Release();
        return isThere;
    }

    private void WriteHead(Attempt attempt, ResponseHead head)
    {
        var response = _context.Response;
        response.StatusCode = head.Status;
        var headers = response.Headers;
        foreach (var (name, value) in head.Fields)
        {
            if (!LoadReport.IsReport(name))
                headers[name] = StringValues.Concat(headers[name], value);
        }

        // An answer to HEAD tells the length of the body that it does not have.
        var saysLength = head.Framing == BodyFraming.None && head.Length >= 0 && head.Status is not (204 or 304);
        if (head.Status == NoBody)
            headers.ContentLength = 0;
        else if (head.Framing == BodyFraming.Length || saysLength)
            headers.ContentLength = head.Length;
        AnswerFields.Write(headers, attempt.Target, _tries, attempt.FirstByte);
        _chunked = MustChunk(head);
        if (_chunked)
            headers.TransferEncoding = "chunked";
        _events?.Dispose();
        _events = CanEndWithEvent(head) ? new EventTail() : null;
    }

    /// <summary>
    /// While a hedge is under way, interim answers are dropped: it is not known yet which address will answer.
    /// </summary>
    public ValueTask ReceiveAsync(ResponseHead head) =>
        _hedged ? ValueTask.CompletedTask : InterimAnswers.PassOnAsync(_context, head);

    // The client is never told that an answer is whole when it is not: it is continued, or cut.
    private async Task BreakOffAsync(Attempt attempt, Failure failure)
    {
        await attempt.StopSendingAsync();
        _events?.Drop();
        _tries.Failed(attempt.Target, failure, attempt.FirstByte, attempt.Span);
        if (_digest is not null && await ResumeAsync(_digest, failure, attempt.Target))
            return;
        _services.Observer.Lost(_route, attempt.Target, failure, _sent);
        if (_events is not { IsSplit: false })
        {
            _context.Abort();
            return;
        }

        await WriteAsync(EventOf(attempt, failure));
        throw new BrokenAnswerException(failure.Reason);
    }

    // The error of an event stream is an event of its own. That needs a stream that can be read, and an end that the
    // client can tell from a good one: a length leaves no room for it, and HTTP/1.0 ends an answer like a broken one.
    private bool CanEndWithEvent(ResponseHead head) =>
        head.Framing is BodyFraming.Chunked or BodyFraming.UntilClose
        && head["Content-Type"] is { } type
        && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)
        && head["Content-Encoding"] is null
        && !HttpProtocol.IsHttp10(_context.Request.Protocol);

    private static byte[] EventOf(Attempt attempt, Failure failure)
    {
        var error = new
        {
            type = "lost",
            message = $"the answer broke off at {attempt.Target.Site}: {failure.Reason}",
            site = attempt.Target.Site,
        };
        return Encoding.UTF8.GetBytes($"event: error\ndata: {JsonSerializer.Serialize(new { error })}\n\n");
    }
}
