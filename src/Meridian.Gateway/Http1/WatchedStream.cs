using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Meridian.Gateway.Http1;

/// <summary>
/// The octets below TLS. What TLS has read is no longer in the socket and may not have come out above yet; this tells
/// that there is something in between.
/// </summary>
/// <param name="stream">The octets.</param>
/// <param name="socket">Its socket; null for a connection through a tunnel.</param>
internal sealed class WatchedStream(Stream stream, Socket? socket) : Stream
{
    private volatile bool _touched;
    private RecordBoundary _boundary;

    /// <summary>Whether octets have been asked for since <see cref="Rest"/>: an idle connection waits with a
    /// zero-byte read.</summary>
    public bool IsTouched => _touched;

    /// <summary>Whether TLS has buffered part of a record.</summary>
    public bool IsWithinRecord => _boundary.IsWithin;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Marks the connection as idle.</summary>
    public void Rest() => _touched = false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty && socket is not null)
            return WaitAsync(socket, cancellationToken);
        if (buffer.IsEmpty)
            return stream.ReadAsync(buffer, cancellationToken);
        _touched = true;
        return TakeAsync(buffer, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await stream.ReadAsync(buffer, cancellationToken);
        _boundary.Pass(buffer.Span[..read]);
        return read;
    }

    // Such a read also ends for what was there before and has been read since. TLS would begin to read then.
    private async ValueTask<int> WaitAsync(Socket watched, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (watched.Poll(0, SelectMode.SelectRead))
                return read;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        stream.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        stream.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => stream.FlushAsync(cancellationToken);

    public override void Flush() => stream.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => stream.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
