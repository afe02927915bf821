namespace Meridian.Gateway.Bodies;

/// <summary>
/// The body of a request for a forwarder that reads it as a stream: read from the client once, kept while it is read,
/// and read again from its beginning by the next try. One stream at a time.
/// </summary>
/// <param name="reader">The client's side.</param>
/// <param name="replay">Where it is kept; null where it will not be sent again once it has begun.</param>
internal sealed class ReplayBody(ClientReader reader, Replay? replay) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Replay? _replay = replay;
    private ReplayStream? _current;
    private bool _begun;
    private volatile bool _forget;

    /// <summary>Whether all of it has been read from the client.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What was wrong with the client's side, if something was.</summary>
    public ClientException? ClientFault => reader.Fault;

    /// <summary>Whether it can be read again from its beginning.</summary>
    public bool CanReplay => !_begun || (_replay is not null && !_forget);

    /// <summary>A stream of all of it.</summary>
    /// <param name="completed">Called when the last octet has been read.</param>
    public Stream Open(Action completed) => _current = new ReplayStream(this, _replay, completed);

    /// <summary>
    /// Ends the stream that is open. A read that waits for the client is given up, and nothing is lost by that.
    /// </summary>
    public async ValueTask CloseAsync()
    {
        _current = null;
        reader.Cancel();
        await _turn.WaitAsync();
        _turn.Release();
    }

    /// <summary>
    /// Says that the body will not be read again: what was kept of it is freed once the open stream has read it.
    /// </summary>
    public async ValueTask ForgetAsync()
    {
        _forget = true;
        reader.Answered();
        if (!await _turn.WaitAsync(TimeSpan.Zero))
            return;
        if (_current is not { HasKept: true })
            await FreeAsync();
        _turn.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (_replay is not null)
            await _replay.DisposeAsync();
        _replay = null;
        reader.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<int> ReadAsync(ReplayStream stream, Memory<byte> into, CancellationToken cancellationToken)
    {
        if (into.IsEmpty)
            return 0;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(stream, _current))
                throw new OperationCanceledException("another try reads the body now");
            return await stream.ReadKeptAsync(into) is > 0 and var kept
                ? kept : await ReadOnAsync(stream, into, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<int> ReadOnAsync(ReplayStream stream, Memory<byte> into,
        CancellationToken cancellationToken)
    {
        using var stopping = cancellationToken.UnsafeRegister(static r => ((ClientReader)r!).Cancel(), reader);
        while (!IsComplete)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!ReferenceEquals(stream, _current))
                throw new OperationCanceledException("another try reads the body now");
            var result = await reader.ReadAsync();
            var piece = result.IsCanceled
                ? result.Buffer.Slice(0, 0) : result.Buffer.Slice(0, Math.Min(result.Buffer.Length, into.Length));
            if (piece.IsEmpty)
            {
                IsComplete = !result.IsCanceled && result.IsCompleted;
                reader.AdvanceTo(result.Buffer.Start);
                continue;
            }

            _begun = true;
            if (_forget || (_replay is not null && !await _replay.TryKeepAsync(piece)))
                await FreeAsync();
            foreach (var segment in piece)
            {
                segment.CopyTo(into);
                into = into[segment.Length..];
            }

            // The piece must not be used once it has been given back.
            var count = (int)piece.Length;
            reader.AdvanceTo(piece.End);
            return count;
        }

        if (_forget)
            await FreeAsync();
        stream.Complete();
        return 0;
    }

    private async ValueTask FreeAsync()
    {
        if (_replay is not null)
            await _replay.DisposeAsync();
        _replay = null;
    }

    /// <summary>The body as one try reads it.</summary>
    private sealed class ReplayStream(ReplayBody body, Replay? replay, Action completed) : Stream
    {
        private IAsyncEnumerator<ReadOnlyMemory<byte>>? _kept = replay?.ReadAsync().GetAsyncEnumerator();
        private ReadOnlyMemory<byte> _piece;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Whether there is more to read of what was kept before this try.</summary>
        public bool HasKept => _kept is not null;

        public void Complete() => completed();

        /// <summary>Reads what was kept before this try; 0 at its end.</summary>
        public async ValueTask<int> ReadKeptAsync(Memory<byte> into)
        {
            while (_kept is not null && _piece.IsEmpty)
            {
                if (await _kept.MoveNextAsync())
                {
                    _piece = _kept.Current;
                    continue;
                }

                await _kept.DisposeAsync();
                _kept = null;
            }

            var count = Math.Min(into.Length, _piece.Length);
            _piece[..count].CopyTo(into);
            _piece = _piece[count..];
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            body.ReadAsync(this, buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count,
            CancellationToken cancellationToken) =>
            body.ReadAsync(this, buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
