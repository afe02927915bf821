using System.Buffers;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Http1;

/// <summary>
/// One HTTP/1.1 connection to an address, one exchange at a time. Reading and writing may go on at the same time; each
/// by one caller. What waits for the next piece of a stream is pooled: ten thousand streams that each made garbage with
/// every event would be held up together by its collection.
/// </summary>
internal sealed class UpstreamConnection(Socket? socket, Stream stream, Action? keep = null) : IDisposable
{
    /// <summary>The largest head, and the largest trailer section, that is read.</summary>
    private const int MaxHead = 64 * 1024;

    /// <summary>The longest line that begins a chunk: size and extensions.</summary>
    private const int MaxChunkLine = 1024;
    private const int FirstBuffer = 4096;
    private const int LargeBuffer = 64 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private long _remaining;
    private bool _inChunk;

    // The CR LF behind a chunk is read with the next one: what has come is passed on at once.
    private bool _endsChunk;
    private bool _filled;
    private BodyFraming _framing;

    // Of a connection through a tunnel there is no socket to be asked: while it is idle a read of nothing waits for its
    // end.
    private Task? _watch;
    private int _idle;

    /// <summary>When it was put back the last time.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether a request has been sent on it before.</summary>
    public bool Used { get; private set; }

    /// <summary>Trailer fields, once the body has been read.</summary>
    public List<KeyValuePair<string, string>>? Trailers { get; private set; }

    /// <summary>Whether the body has been read to its end, so that the next head may follow.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Whether an idle connection still stands: what comes on one unasked is its end.</summary>
    public bool IsAlive
    {
        get
        {
            if (socket is null)
                return _watch is not { IsCompleted: true };
            try
            {
                return !socket.Poll(0, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) =>
        stream.WriteAsync(octets, cancellationToken);

    /// <summary>Reads the head of the final answer; interim ones are passed over (RFC 9110 section 15.2).</summary>
    /// <exception cref="UpstreamException">There is none.</exception>
    public async ValueTask<ResponseHead> ReadHeadAsync(bool bodiless, CancellationToken cancellationToken)
    {
        Used = true;
        AtEnd = false;
        Trailers = null;
        if (_buffer.Length == 0)
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        while (true)
        {
            var end = await FillToAsync("\r\n\r\n"u8.Length, cancellationToken);
            var head = ResponseParser.Parse(_buffer.AsSpan(_start, end - _start), bodiless);
            _start = end;
            if (head.Status == 101)
                throw new UpstreamException(FailureKind.Malformed,
                    "the answer switches to a protocol that nobody asked for");
            if (head.Status < 200)
                continue;
            _framing = head.Framing;
            _remaining = head.Length;
            _inChunk = false;
            AtEnd = _framing == BodyFraming.None;
            return head;
        }
    }

    /// <summary>The next piece of the body; empty at its end. It stands until the next call.</summary>
    /// <exception cref="UpstreamException">The body ends before its end.</exception>
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

        if (_start == _end && await FillAsync(cancellationToken) == 0)
        {
            if (_framing != BodyFraming.UntilClose)
                throw new UpstreamException(FailureKind.Reset, "the connection ended within the answer");
            AtEnd = true;
            return default;
        }

        var count = _framing == BodyFraming.UntilClose ? _end - _start : (int)Math.Min(_end - _start, _remaining);
        var piece = _buffer.AsMemory(_start, count);
        _start += count;
        _remaining -= count;
        if (_remaining == 0 && _framing == BodyFraming.Length)
            AtEnd = true;
        else if (_remaining == 0 && _framing == BodyFraming.Chunked)
            (_inChunk, _endsChunk) = (false, true);
        return piece;
    }

    /// <summary>Gives the buffer back while nothing is under way.</summary>
    public void Rest()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
        if (socket is not null)
            return;
        Volatile.Write(ref _idle, 1);
        keep?.Invoke();
        _watch = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        _watch.ContinueWith(static (watch, it) =>
        {
            _ = watch.Exception;
            var connection = (UpstreamConnection)it!;
            if (connection.TryTake())
                connection.Dispose();
        }, this, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Takes an idle connection for a request, unless it has ended.</summary>
    public bool TryTake() => socket is not null || Interlocked.Exchange(ref _idle, 0) == 1;

    /// <summary>Whether there is something of a next answer already, which nobody asked for.</summary>
    public bool HasMore => _end > _start;

    public void Dispose()
    {
        // A pending read may still write into the buffer, so that it is left to the collector.
        stream.Dispose();
        socket?.Dispose();
    }

    // chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF (RFC 9112 section 7.1)
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask BeginChunkAsync(CancellationToken cancellationToken)
    {
        var line = await LineAsync(cancellationToken);
        if (!Utf8Parser.TryParse(_buffer.AsSpan(_start, line), out long size, out var read, 'x') || read == 0
            || size < 0
            || (read < line && _buffer[_start + read] is not ((byte)';' or (byte)' ' or (byte)'\t')))
            throw new UpstreamException(FailureKind.Malformed, "the answer has a chunk without a size");
        _start += line + 2;
        if (size > 0)
        {
            _remaining = size;
            _inChunk = true;
            return;
        }

        await ReadTrailersAsync(cancellationToken);
        AtEnd = true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> LineAsync(CancellationToken cancellationToken)
    {
        if (_endsChunk)
        {
            while (_end - _start < 2)
                await FillOrFailAsync(cancellationToken);
            if (_buffer[_start] != '\r' || _buffer[_start + 1] != '\n')
                throw new UpstreamException(FailureKind.Malformed, "the answer has a chunk longer than its size");
            _start += 2;
            _endsChunk = false;
        }

        var seen = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf((byte)'\n');
            if (end >= 0)
            {
                end += seen;
                if (end == 0 || _buffer[_start + end - 1] != '\r')
                    throw new UpstreamException(FailureKind.Malformed,
                        "the answer has a chunk line that does not end with CR LF");
                return end - 1;
            }

            seen = _end - _start;
            if (seen > MaxChunkLine)
                throw new UpstreamException(FailureKind.Malformed, "the answer has a chunk line that does not end");
            await FillOrFailAsync(cancellationToken);
        }
    }

    private async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        while (_end - _start < 2)
            await FillOrFailAsync(cancellationToken);
        if (_buffer[_start] == '\r' && _buffer[_start + 1] == '\n')
        {
            _start += 2;
            return;
        }

        var end = await FillToAsync(4, cancellationToken);
        ResponseParser.ParseTrailers(_buffer.AsSpan(_start, end - _start), Trailers = []);
        _start = end;
    }

    // The place behind the next empty line.
    private async ValueTask<int> FillToAsync(int least, CancellationToken cancellationToken)
    {
        var seen = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf("\r\n\r\n"u8);
            if (at >= 0)
                return _start + seen + at + least;
            seen = Math.Max(0, _end - _start - 3);
            if (_end - _start >= MaxHead)
                throw new UpstreamException(FailureKind.Malformed, "the answer's head is larger than 64 KiB");
            await FillOrFailAsync(cancellationToken);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillOrFailAsync(CancellationToken cancellationToken)
    {
        if (await FillAsync(cancellationToken) == 0)
            throw new UpstreamException(FailureKind.Reset, "the connection ended before the answer did");
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        try
        {
            if (_watch is { } watch)
            {
                _watch = null;
                await watch.WaitAsync(cancellationToken);
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            _filled = _end == _buffer.Length;
            return read;
        }
        catch (IOException e) when (e is not UpstreamException)
        {
            throw new UpstreamException(FailureKind.Reset,
                $"the connection was reset: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;

            // Where more comes at a time than there is room for, room is made; streams of small pieces keep their small
            // buffers.
            if (_filled && _buffer.Length < LargeBuffer)
                Grow(LargeBuffer);
        }
        else if (_start > 0 && _end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Grow(_buffer.Length * 2);
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        _end -= _start;
        _start = 0;
    }
}
