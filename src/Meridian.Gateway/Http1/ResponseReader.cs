using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Http1;

/// <summary>
/// Reads answers from a connection, one after the other: the head, the body by its framing, the trailers.
/// </summary>
internal sealed class ResponseReader(ReceiveBuffer received)
{
    /// <summary>The largest head, and the largest trailer section, that is read.</summary>
    private const int MaxHead = 64 * 1024;

    /// <summary>The longest line that begins a chunk: size and extensions.</summary>
    private const int MaxChunkLine = 1024;

    private BodyFraming _framing;
    private long _remaining;
    private bool _inChunk;

    // The CR LF behind a chunk is read with the next one, so that what has come is passed on at once.
    private bool _endsChunk;

    /// <summary>Trailer fields, once the body has been read.</summary>
    public List<KeyValuePair<string, string>>? Trailers { get; private set; }

    /// <summary>Whether the body has been read to its end, so that the next head may follow.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Reads the head of the final answer.</summary>
    /// <param name="bodiless">Whether an answer to the request never has a body (HEAD).</param>
    /// <param name="interim">Gets the answers before it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpstreamException">There is none.</exception>
    public async ValueTask<ResponseHead> ReadHeadAsync(bool bodiless, IInterimReceiver interim,
        CancellationToken cancellationToken)
    {
        AtEnd = false;
        Trailers = null;
        received.Open();
        var before = 0;
        while (true)
        {
            var length = await FillToEmptyLineAsync(cancellationToken);
            var head = ResponseParser.Parse(received.Span[..length], bodiless);
            received.Skip(length);
            if (head.Status == 101)
                throw new UpstreamException(FailureKind.Malformed,
                    "the answer switches to a protocol that nobody asked for");
            if (head.Status < 200)
            {
                before += length;
                if (before > MaxHead)
                    throw new UpstreamException(FailureKind.Malformed, "the interim answers are larger than 64 KiB");
                await interim.ReceiveAsync(head);
                continue;
            }

            _framing = head.Framing;
            _remaining = head.Length;
            _inChunk = false;
            AtEnd = _framing == BodyFraming.None;
            return head;
        }
    }

    /// <summary>The next piece of the body; empty at its end. It stands until the next call.</summary>
    /// <exception cref="UpstreamException">The body breaks off.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (AtEnd)
            return default;
        if (_framing == BodyFraming.Chunked && !_inChunk)
        {
            await BeginChunkAsync(cancellationToken);
            if (AtEnd)
                return default;
        }

        if (received.Length == 0 && await received.FillAsync(cancellationToken) == 0)
        {
            if (_framing != BodyFraming.UntilClose)
                throw new UpstreamException(FailureKind.Reset, "the connection ended within the answer");
            AtEnd = true;
            return default;
        }

        var count = _framing == BodyFraming.UntilClose ? received.Length : (int)Math.Min(received.Length, _remaining);
        var piece = received.Take(count);
        _remaining -= count;
        if (_remaining == 0 && _framing == BodyFraming.Length)
            AtEnd = true;
        else if (_remaining == 0 && _framing == BodyFraming.Chunked)
            (_inChunk, _endsChunk) = (false, true);
        return piece;
    }

    // chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF (RFC 9112 section 7.1)
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask BeginChunkAsync(CancellationToken cancellationToken)
    {
        if (_endsChunk)
            await EndChunkAsync(cancellationToken);
        var length = await FillToLineAsync(cancellationToken);
        var size = SizeOf(received.Span[..length]);
        received.Skip(length + 2);
        if (size > 0)
        {
            _remaining = size;
            _inChunk = true;
            return;
        }

        await ReadTrailersAsync(cancellationToken);
        AtEnd = true;
    }

    private static long SizeOf(ReadOnlySpan<byte> line)
    {
        if (!Utf8Parser.TryParse(line, out long size, out var read, 'x') || read == 0 || size < 0
            || (read < line.Length && line[read] is not ((byte)';' or (byte)' ' or (byte)'\t')))
            throw new UpstreamException(FailureKind.Malformed, "the answer has a chunk without a size");
        return size;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EndChunkAsync(CancellationToken cancellationToken)
    {
        while (received.Length < 2)
            await received.FillOrFailAsync(cancellationToken);
        if (!received.Span.StartsWith("\r\n"u8))
            throw new UpstreamException(FailureKind.Malformed, "the answer has a chunk longer than its size");
        received.Skip(2);
        _endsChunk = false;
    }

    // Waits for a line that begins a chunk; returns its length without CR LF.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillToLineAsync(CancellationToken cancellationToken)
    {
        var seen = 0;
        while (true)
        {
            var end = received.Span[seen..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                end += seen;
                if (end == 0 || received.Span[end - 1] != '\r')
                    throw new UpstreamException(FailureKind.Malformed,
                        "the answer has a chunk line that does not end with CR LF");
                return end - 1;
            }

            seen = received.Length;
            if (seen > MaxChunkLine)
                throw new UpstreamException(FailureKind.Malformed, "the answer has a chunk line that does not end");
            await received.FillOrFailAsync(cancellationToken);
        }
    }

    private async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        while (received.Length < 2)
            await received.FillOrFailAsync(cancellationToken);
        if (received.Span.StartsWith("\r\n"u8))
        {
            received.Skip(2);
            return;
        }

        var length = await FillToEmptyLineAsync(cancellationToken);
        ResponseParser.ParseTrailers(received.Span[..length], Trailers = []);
        received.Skip(length);
    }

    // Waits for the next empty line; returns the octets up to and with it.
    private async ValueTask<int> FillToEmptyLineAsync(CancellationToken cancellationToken)
    {
        var seen = 0;
        while (true)
        {
            var at = received.Span[seen..].IndexOf("\r\n\r\n"u8);
            if (at >= 0)
                return seen + at + 4;
            seen = Math.Max(0, received.Length - 3);
            if (received.Length >= MaxHead)
                throw new UpstreamException(FailureKind.Malformed, "the answer's head is larger than 64 KiB");
            await received.FillOrFailAsync(cancellationToken);
        }
    }
}
