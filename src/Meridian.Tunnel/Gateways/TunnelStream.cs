namespace Meridian.Tunnel.Gateways;

/// <summary>
/// A connection to a service behind a tunnel: octets both ways, each with its own end. Whoever keeps one for later says
/// so (<see cref="Keep"/>), and reads nothing (an empty buffer) meanwhile: that ends when the service or a tunnel that
/// is about to go wants to be rid of the connection.
/// </summary>
public sealed class TunnelStream : Stream
{
    /// <summary>How long a service has to close a connection that is not wanted any more.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private const int InUse = 0;
    private const int Kept = 1;
    private const int Gone = 2;

    private readonly TunnelSession _session;
    private readonly DuplexContent _content;
    private readonly Stream _body;
    private readonly Stream _answer;
    private readonly Lock _gate = new();
    private Task? _waiting;
    private int _state;
    private bool _ended;
    private bool _completed;
    private int _disposed;
    private int _released;

    internal TunnelStream(TunnelSession session, DuplexContent content, Stream body, Stream answer) =>
        (_session, _content, _body, _answer) = (session, content, body, answer);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (buffer.IsEmpty)
            {
                var waiting = _answer.ReadAsync(buffer, cancellationToken).AsTask();
                _waiting = waiting;
                await waiting;
                return 0;
            }

            var read = await _answer.ReadAsync(buffer, cancellationToken);
            _ended |= read == 0;
            _session.Record.Received(read);
            return read;
        }
        catch (Exception e) when (e is HttpRequestException or ObjectDisposedException)
        {
            throw new IOException($"the tunnel: {e.Message}", e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _state) != InUse)
            Use();
        try
        {
            await _body.WriteAsync(buffer, cancellationToken);
            await _body.FlushAsync(cancellationToken);
            _session.Record.Sent(buffer.Length);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"the tunnel: {e.Message}", e);
        }
    }

    /// <summary>Whether it is only kept for later.</summary>
    internal bool IsKept => Volatile.Read(ref _state) == Kept;

    /// <summary>It is kept for later, until something is written: a tunnel that is about to go may end it.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            if (_state == InUse)
                Volatile.Write(ref _state, Kept);
        }

        if (_session.IsDraining)
            EndIfKept();
    }

    /// <summary>
    /// Says goodbye where it is only kept for later: the service closes it, and whoever keeps it learns so.
    /// </summary>
    public void EndIfKept()
    {
        if (!Leave())
            return;
        _content.Complete();
        _ = ReleaseAsync();
    }

    /// <summary>Ends this direction; the other goes on.</summary>
    public void CompleteWrites()
    {
        _completed = true;
        _content.Complete();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
        // Every write is sent.
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        // One that is only kept for later says goodbye; one that is let go before its end is reset, so that the service
        // hears of it.
        if (!_ended && Leave())
        {
            _content.Complete();
            _ = ReleaseAsync();
            return;
        }

        if (_ended || _completed || Volatile.Read(ref _state) == Gone)
            _content.Complete();
        else
            _content.Break();
        Release();
    }

    private void Use()
    {
        lock (_gate)
        {
            if (_state == Gone)
                throw new TunnelException("the tunnel is going away");
            Volatile.Write(ref _state, InUse);
        }
    }

    // Whether it was only kept for later: then it is not any more, and nobody begins to read.
    private bool Leave()
    {
        lock (_gate)
        {
            if (_state != Kept)
                return false;
            Volatile.Write(ref _state, Gone);
            return true;
        }
    }

    // Once the service has closed it, which whoever waits for it is told; or does not.
    private async Task ReleaseAsync()
    {
        if (_waiting is { } waiting)
            await Task.WhenAny(waiting, Task.Delay(Farewell));
        else if (Volatile.Read(ref _disposed) == 0)
            await Task.Delay(Farewell); // whoever keeps it is about to wait
        Release();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        _answer.Dispose();
        _session.Ended(this);
    }
}
