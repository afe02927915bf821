using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Meridian.Gateway.Http1;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Forwarding;

/// <summary>Passing an answer on.</summary>
internal sealed partial class Exchange
{
    private async Task RelayAsync(Attempt attempt, ResponseHead head)
    {
        if (_body is not null && !_route.Options.Source.Deterministic)
            await _body.ForgetAsync();
        WriteHead(attempt, head);
        using var resume = _route.Options.Source.Deterministic ? new Resume(head) : null;
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
                await BreakOffAsync(attempt, new Failure(e.Kind, Phase.Body, e.Message, true), resume, sent);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (piece.IsEmpty)
                break;
            resume?.Add(piece.Span);
            sent += piece.Length;
            if (!await PassOnAsync(piece))
                return;
        }

        WriteTrailers(attempt);
        _core.Observer.Served(_route, attempt.Target, attempt.LongestGap);
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

        if (head.Framing == BodyFraming.Length
            || (head.Framing == BodyFraming.None && head.Length >= 0 && head.Status is not (204 or 304)))
            headers.ContentLength = head.Length;
        headers["x-meridian-site"] = attempt.Target.Site;
        headers["x-meridian-attempts"] = _tried.Count.ToString(CultureInfo.InvariantCulture);
        headers.Append("Server-Timing", string.Create(CultureInfo.InvariantCulture,
            $"upstream;dur={attempt.FirstByte.TotalMilliseconds:0.0}, gateway;dur={(Elapsed - attempt.FirstByte).TotalMilliseconds:0.0}"));
    }

    private void WriteTrailers(Attempt attempt)
    {
        if (attempt.Trailers is not { } trailers || !_context.Response.SupportsTrailers())
            return;
        foreach (var (name, value) in trailers)
        {
            if (LoadReport.IsReport(name))
                _core.Reported(attempt.Target, name, value);
            else
                _context.Response.AppendTrailer(name, value);
        }
    }

    // The client is never told that an answer is whole when it is not: it is continued, or cut.
    private async Task BreakOffAsync(Attempt attempt, Failure failure, Resume? resume, long sent)
    {
        await attempt.StopSendingAsync();
        Judge(attempt, failure);
        if (resume is not null && await ResumeAsync(resume, failure, attempt.Target))
            return;
        _core.Observer.Lost(_route, attempt.Target, failure, sent);
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
