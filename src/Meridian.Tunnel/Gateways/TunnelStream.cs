namespace Meridian.Tunnel.Gateways;

/// <summary>
/// A connection to a service behind a tunnel: octets both ways, each with its own end. Reading nothing (an empty buffer)
/// waits until there is something to read, an end, or a tunnel that wants to be rid of the connection: whoever keeps one
/// for later learns so that it is of no use any more.
/// </summary>
public sealed class TunnelStream : Stream
{
    /// <summary>How long a service has to close a connection that is not wanted any more.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private const int InUse = 0;
    private const int Watched = 1;
    private const int Gone = 2;

    private readonly TunnelSession _session;
    private readonly DuplexContent _content;
    private readonly Stream _body;
    private readonly Stream _answer;
    private Task? _watch;
    private int _state;
    private bool _ended;
    private bool _completed;
    private int _disposed;

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
                // From now on, and until something is written, the tunnel may end it.
                Interlocked.CompareExchange(ref _state, Watched, InUse);
                if (_session.IsDraining)
                    EndIfWatched();
                if (Volatile.Read(ref _state) == Gone)
                    return 0;
                await (_watch ??= _answer.ReadAsync(buffer, CancellationToken.None).AsTask());
                return 0;
            }

            if (_watch is { } watch)
            {
                _watch = null;
                await watch.WaitAsync(cancellationToken);
            }

            var read = await _answer.ReadAsync(buffer, cancellationToken);
            _ended |= read == 0;
            _session.Record.Received(read);
            return read;
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"the tunnel: {e.Message}", e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _state) != InUse && Interlocked.CompareExchange(ref _state, InUse, Watched) == Gone)
            throw new TunnelException("the tunnel is going away");
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
    internal bool IsKept => Volatile.Read(ref _state) == Watched;

    /// <summary>Ends it where it is only kept for later.</summary>
    public void EndIfWatched()
    {
        if (Interlocked.CompareExchange(ref _state, Gone, Watched) == Watched)
            Dispose();
    }

    /// <summary>Ends this direction; the other goes on.</summary>
    public void CompleteWrites()
    {
        _completed = true;
        _content.Complete();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
        // Every write is sent.
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        // One that is only kept for later says goodbye; one that is let go before its end is reset, so that the service hears of it.
        if (!_ended && Volatile.Read(ref _state) != InUse)
        {
            _content.Complete();
            _ = LeaveAsync();
            return;
        }

        if (_ended || _completed)
            _content.Complete();
        else
            _content.Break();
        _answer.Dispose();
        _session.Ended(this);
    }

    private async Task LeaveAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Farewell);
            if (_watch is { } watch)
                await watch.WaitAsync(limit.Token);
            while (await _answer.ReadAsync(new byte[256], limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // The service keeps it open, or the tunnel is gone.
        }

        _answer.Dispose();
        _session.Ended(this);
    }
}
