namespace Meridian.Tunnel.Gateways;

/// <summary>
/// A connection on which a TLS handshake computes only while it has one of the turns that all handshakes share. While
/// it waits for the other end, others have the turn: whoever is silent, or sends octet by octet, holds nothing.
/// </summary>
internal sealed class TurnStream(Stream inner, SemaphoreSlim turns) : Stream
{
    private bool _isHandshakeOver;
    private bool _hasTurn;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake has ended, in whatever way; from now on octets pass without turns.</summary>
    public void EndHandshake()
    {
        _isHandshakeOver = true;
        GiveBack();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isHandshakeOver ? inner.ReadAsync(buffer, cancellationToken) : ReadInTurnAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadInTurnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        GiveBack();
        var count = await inner.ReadAsync(buffer, cancellationToken);
        await turns.WaitAsync(cancellationToken);
        _hasTurn = true;
        return count;
    }

    private void GiveBack()
    {
        if (!_hasTurn)
            return;
        _hasTurn = false;
        turns.Release();
    }
}
