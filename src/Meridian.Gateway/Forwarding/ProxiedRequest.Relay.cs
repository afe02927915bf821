using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Forwarding;

/// <summary>Passing an answer on.</summary>
internal sealed partial class ProxiedRequest
{
    private async Task RelayAsync(Attempt attempt, ResponseHead head)
    {
        if (_body is not null && !_route.Options.Source.Deterministic)
            await _body.ForgetAsync();
        WriteHead(attempt, head);
        using var digest = _route.Options.Source.Deterministic ? new SentDigest(head) : null;
        var sent = 0L;
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
                await BreakOffAsync(attempt, Failure.OfBody(e.Kind, e.Message), digest, sent);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (piece.IsEmpty)
                break;
            digest?.Add(piece.Span);
            sent += piece.Length;
            if (!await PassOnAsync(piece))
                return;
        }

        WriteTrailers(attempt);
        _services.Observer.Served(_route, attempt.Target, attempt.LongestGap);
    }

    /// <summary>Writes a piece to the client; false when the client is gone.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> PassOnAsync(ReadOnlyMemory<byte> piece)
    {
        try
        {
            var flushed = await _context.Response.BodyWriter.WriteAsync(piece, _context.RequestAborted);
            return !flushed.IsCompleted && !flushed.IsCanceled;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private void WriteHead(Attempt attempt, ResponseHead head)
    {
        var response = _context.Response;
        response.StatusCode = head.Status;
        var headers = response.Headers;
        foreach (var (name, value) in head.Fields)
        {
            if (!LoadReport.IsReport(name))
                headers.Append(name, value);
        }

        // An answer to HEAD tells the length of the body that it does not have.
        var saysLength = head.Framing == BodyFraming.None && head.Length >= 0 && head.Status is not (204 or 304);
        if (head.Framing == BodyFraming.Length || saysLength)
            headers.ContentLength = head.Length;
        AnswerFields.Write(headers, attempt.Target, _tries, attempt.FirstByte);
    }

    private void WriteTrailers(Attempt attempt)
    {
        if (attempt.Trailers is not { } trailers || !_context.Response.SupportsTrailers())
            return;
        foreach (var (name, value) in trailers)
        {
            if (LoadReport.IsReport(name))
                _services.Reports.Receive(attempt.Target, name, value);
            else
                _context.Response.AppendTrailer(name, value);
        }
    }

    // The client is never told that an answer is whole when it is not: it is continued, or cut.
    private async Task BreakOffAsync(Attempt attempt, Failure failure, SentDigest? digest, long sent)
    {
        await attempt.StopSendingAsync();
        _tries.Failed(attempt.Target, failure, attempt.FirstByte, attempt.Span);
        if (digest is not null && await ResumeAsync(digest, failure, attempt.Target))
            return;
        _services.Observer.Lost(_route, attempt.Target, failure, sent);
        if (!IsEventStream)
        {
            _context.Abort();
            return;
        }

        await PassOnAsync(EventOf(attempt, failure));
        throw new BrokenAnswerException(failure.Reason);
    }

    private bool IsEventStream =>
        _context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) ?? false;

    // An event that begins anew whatever was half sent (HTML, section 9.2.5: an empty line ends an event).
    private static byte[] EventOf(Attempt attempt, Failure failure)
    {
        var error = new
        {
            type = "lost",
            message = $"the answer broke off at {attempt.Target.Site}: {failure.Reason}",
            site = attempt.Target.Site,
        };
        return Encoding.UTF8.GetBytes($"\n\nevent: error\ndata: {JsonSerializer.Serialize(new { error })}\n\n");
    }
}
