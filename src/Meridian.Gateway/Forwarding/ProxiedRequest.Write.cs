using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Meridian.Gateway.Http1;
using Meridian.Load.Reports;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// Writing an answer to the client. Kestrel sends no trailers over HTTP/1.1, so that an answer that may have some is
/// chunked here.
/// </summary>
internal sealed partial class ProxiedRequest
{
    // Eight hexadecimal digits and the end of the line.
    private const int ChunkLine = 10;

    private bool _chunked;

    /// <summary>Writes octets to the client; false when the client is gone.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> octets)
    {
        if (octets.IsEmpty)
            return true;
        _digest?.Add(octets.Span);
        _sent += octets.Length;
        try
        {
            var writer = _context.Response.BodyWriter;
            var flushed = await (_chunked
                ? WriteChunkAsync(writer, octets) : writer.WriteAsync(octets, _context.RequestAborted));
            return !flushed.IsCompleted && !flushed.IsCanceled;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private ValueTask<FlushResult> WriteChunkAsync(PipeWriter writer, ReadOnlyMemory<byte> octets)
    {
        Utf8Formatter.TryFormat(octets.Length, writer.GetSpan(ChunkLine), out var digits, 'x');
        writer.Advance(digits);
        writer.Write("\r\n"u8);
        writer.Write(octets.Span);
        writer.Write("\r\n"u8);
        return writer.FlushAsync(_context.RequestAborted);
    }

    private bool MustChunk(ResponseHead head) =>
        head.Framing == BodyFraming.Chunked && head.Status != NoBody
        && HttpProtocol.IsHttp11(_context.Request.Protocol) && Trailers.AreWanted(_context.Request);

    // An answer that is whole ends as its address ended it, also within an event.
    private async ValueTask EndAsync(Attempt attempt)
    {
        if (_events is not null)
            await ReleaseAsync(_events);
        if (_chunked)
            _context.Response.BodyWriter.Write("0\r\n"u8);
        foreach (var (name, value) in attempt.Trailers ?? [])
        {
            if (LoadReport.IsReport(name))
                _services.Reports.Receive(attempt.Target, name, value);
            else if (Trailers.MayBe(name))
                WriteTrailer(name, value);
        }

        if (_chunked)
            await _context.Response.BodyWriter.WriteAsync("\r\n"u8.ToArray(), _context.RequestAborted);
    }

    private void WriteTrailer(string name, string value)
    {
        if (_chunked)
            _context.Response.BodyWriter.Write(Encoding.Latin1.GetBytes($"{name}: {value}\r\n"));
        else if (_context.Response.SupportsTrailers())
            _context.Response.AppendTrailer(name, value);
    }
}
