using System.Buffers;
using System.Buffers.Text;
using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Bodies;

/// <summary>
/// The body of a request: read from the client once, and kept while it is sent so that it can be sent again. Keeping it
/// takes no time before the first try, and ends when an answer begins.
/// </summary>
/// <param name="reader">The client's side.</param>
/// <param name="replay">Where it is kept; null where it will not be sent again once it has begun.</param>
internal sealed class RequestBody(ClientReader reader, Replay? replay) : IAsyncDisposable
{
    private const int ChunkOverhead = 16;

    private Replay? _replay = replay;
    private bool _begun;
    private volatile bool _forget;
    private int _senders;

    /// <summary>Whether all of it has been read from the client.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether any of it has been read from the client.</summary>
    public bool HasBegun => _begun;

    /// <summary>Whether it can be sent to another address from its beginning.</summary>
    public bool CanReplay => !_begun || _replay is not null;

    /// <summary>Octets that are kept.</summary>
    public long Kept => _replay?.Length ?? 0;

    /// <summary>Sends it from its beginning: what is kept, then what the client goes on to send.</summary>
    /// <param name="connection">Takes it.</param>
    /// <param name="chunked">Whether its length is not known before.</param>
    /// <param name="timer">Limits each write.</param>
    /// <param name="cancellationToken">Ends it; what has been read stays kept.</param>
    /// <exception cref="ClientException">The client's side fails.</exception>
    /// <exception cref="UpstreamException">The address's side fails.</exception>
    public async Task SendAsync(UpstreamConnection connection, bool chunked, IdleTimer timer,
        CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _senders);
        try
        {
            await SendAllAsync(connection, chunked, timer, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _senders);
        }
    }

    private async Task SendAllAsync(UpstreamConnection connection, bool chunked, IdleTimer timer,
        CancellationToken cancellationToken)
    {
        if (!CanReplay)
            throw new InvalidOperationException("a part of the body has gone that is not kept");
        if (_replay is not null)
        {
            await foreach (var piece in _replay.ReadAsync())
                await WriteAsync(connection, new ReadOnlySequence<byte>(piece), chunked, timer, cancellationToken);
        }

        using var stopping = cancellationToken.UnsafeRegister(static r => ((ClientReader)r!).Cancel(), reader);
        while (!IsComplete)
        {
            var result = await reader.ReadAsync();
            if (result.IsCanceled)
            {
                reader.AdvanceTo(result.Buffer.Start);
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            var kept = false;
            try
            {
                if (!result.Buffer.IsEmpty)
                {
                    _begun = true;
                    if (_forget)
                        await FreeAsync();
                    if (_replay is not null && !await _replay.TryKeepAsync(result.Buffer))
                        _replay = null;
                    kept = true;
                    await WriteAsync(connection, result.Buffer, chunked, timer, cancellationToken);
                }

                IsComplete = result.IsCompleted;
            }
            finally
            {
                // What was not kept has not been sent either, so that the next try reads it again.
                if (kept || result.Buffer.IsEmpty)
                    reader.AdvanceTo(result.Buffer.End);
                else
                    reader.AdvanceTo(result.Buffer.Start);
                if (kept && result.IsCompleted)
                    IsComplete = true;
            }
        }

        if (chunked)
            await PutAsync(connection, End(), timer, cancellationToken);
    }

    /// <summary>An answer has begun: the client may be silent for as long as that goes on.</summary>
    public void Answered() => reader.Answered();

    /// <summary>Says that the body will not be sent again: what was kept of it is freed.</summary>
    public async ValueTask ForgetAsync()
    {
        // While the body is sent its memory must stay: an answer may begin before the last of a second try is sent.
        _forget = true;
        if (_replay is null || Volatile.Read(ref _senders) > 0)
            return;
        var replay = _replay;
        _replay = null;
        await replay.DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        return FreeAsync();
    }

    private async ValueTask FreeAsync()
    {
        if (_replay is not null)
            await _replay.DisposeAsync();
        _replay = null;
    }

    private ReadOnlyMemory<byte> End()
    {
        var writer = new ArrayBufferWriter<byte>(8);
        writer.Write("0\r\n"u8);
        Trailers.Write(writer, reader.Trailers);
        writer.Write("\r\n"u8);
        return writer.WrittenMemory;
    }

    private static async ValueTask WriteAsync(
        UpstreamConnection connection, ReadOnlySequence<byte> octets, bool chunked, IdleTimer timer,
        CancellationToken cancellationToken)
    {
        if (!chunked)
        {
            foreach (var segment in octets)
                await PutAsync(connection, segment, timer, cancellationToken);
            return;
        }

        // Each chunk is one write: its size, its data and its end lie together.
        var buffer = ArrayPool<byte>.Shared.Rent((int)octets.Length + ChunkOverhead);
        try
        {
            Utf8Formatter.TryFormat(octets.Length, buffer, out var at, 'x');
            "\r\n"u8.CopyTo(buffer.AsSpan(at));
            octets.CopyTo(buffer.AsSpan(at + 2));
            at += 2 + (int)octets.Length;
            "\r\n"u8.CopyTo(buffer.AsSpan(at));
            await PutAsync(connection, buffer.AsMemory(0, at + 2), timer, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask PutAsync(UpstreamConnection connection, ReadOnlyMemory<byte> octets, IdleTimer timer,
        CancellationToken cancellationToken)
    {
        timer.Start();
        try
        {
            await connection.WriteAsync(octets, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw UpstreamException.WhileSending(e);
        }
        finally
        {
            timer.Stop();
        }
    }
}
