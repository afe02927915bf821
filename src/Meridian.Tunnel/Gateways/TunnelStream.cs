namespace Meridian.Tunnel.Gateways;

/// <summary>
/// A connection to a service behind a tunnel: octets both ways, and each direction ends by itself. Whoever keeps one
/// for later calls <see cref="Keep"/>, and reads into an empty buffer meanwhile: that read completes when the service
/// closes the connection, or when the tunnel is about to end.
/// </summary>
public sealed class TunnelStream : Stream
{
    /// <summary>How long a service has to close a connection that is not wanted any more.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

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
            _session.Record.RecordReceived(read);
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
            _session.Record.RecordSent(buffer.Length);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"the tunnel: {e.Message}", e);
        }
    }

    /// <summary>Whether it is kept for later and not in use.</summary>
    internal bool IsKept => Volatile.Read(ref _state) == Kept;

    /// <summary>
    /// Keeps it for later, until something is written. Meanwhile a tunnel that is about to end may close it, and it
    /// does not count against the agent's limit.
    /// </summary>
    public void Keep()
    {
        lock (_gate)
        {
            if (_state == InUse)
            {
                Volatile.Write(ref _state, Kept);
                _session.Record.ReleaseStream();
            }
        }

        if (_session.IsDraining)
            EndIfKept();
    }

    /// <summary>Closes it if it is kept for later: whoever keeps it sees its end.</summary>
    public void EndIfKept()
    {
        if (!TryLeaveKept())
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

        // One that is kept for later is closed in order. One that is disposed before its end is reset, so that the
        // service does not take it for complete.
        if (!_ended && TryLeaveKept())
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
                throw new TunnelException("the tunnel is about to end");
            if (_state == Kept)
                _session.Record.ReserveKeptStream();
            Volatile.Write(ref _state, InUse);
        }
    }

    // Whether it was kept for later. It cannot be used again then.
    private bool TryLeaveKept()
    {
        lock (_gate)
        {
            if (_state != Kept)
                return false;
            Volatile.Write(ref _state, Gone);
            return true;
        }
    }

    // Releases it once the service has closed it, or the time for that is over.
    private async Task ReleaseAsync()
    {
        if (_waiting is { } waiting)
            await Task.WhenAny(waiting, Task.Delay(CloseLimit));
        else if (Volatile.Read(ref _disposed) == 0)
            await Task.Delay(CloseLimit); // whoever keeps it is about to read
        Release();
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        lock (_gate)
        {
            if (_state == InUse)
                _session.Record.ReleaseStream();
            Volatile.Write(ref _state, Gone);
        }

        _answer.Dispose();
        _session.Forget(this);
    }
}
