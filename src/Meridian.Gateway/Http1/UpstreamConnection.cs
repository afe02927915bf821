using System.Net.Sockets;

namespace Meridian.Gateway.Http1;

/// <summary>
/// One HTTP/1.1 connection to an address, one request at a time. Reading and writing may go on at the same time, each
/// by one caller.
/// </summary>
internal sealed class UpstreamConnection : IDisposable
{
    private readonly Socket? _socket;
    private readonly Stream _stream;
    private readonly Action? _keep;
    private readonly ReceiveBuffer _received;
    private readonly ResponseReader _reader;
    private int _idle;

    /// <param name="socket">Its socket; null for a connection through a tunnel.</param>
    /// <param name="stream">Its octets both ways.</param>
    /// <param name="keep">Called when a connection through a tunnel is kept for later.</param>
    public UpstreamConnection(Socket? socket, Stream stream, Action? keep = null)
    {
        (_socket, _stream, _keep) = (socket, stream, keep);
        _received = new ReceiveBuffer(stream, EndIfIdle);
        _reader = new ResponseReader(_received);
    }

    /// <summary>What is below TLS; null without it.</summary>
    public WatchedStream? Below { get; init; }

    /// <summary>When it was put back the last time, as a timestamp.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether a request has been sent on it before.</summary>
    public bool Used { get; private set; }

    /// <inheritdoc cref="ResponseReader.Trailers"/>
    public List<KeyValuePair<string, string>>? Trailers => _reader.Trailers;

    /// <inheritdoc cref="ResponseReader.AtEnd"/>
    public bool AtEnd => _reader.AtEnd;

    /// <summary>Whether something of a next answer is there already, which nobody asked for.</summary>
    public bool HasMore => _received.Length > 0;

    /// <summary>
    /// Whether nothing has come since the last answer ended: whatever does is no answer to the next request. The system
    /// is asked too, because what has arrived may wait for a thread of the pool.
    /// </summary>
    public bool IsSilent
    {
        get
        {
            try
            {
                // TLS last: what it takes out of the socket or the tunnel is told before.
                var nothing = _socket is null ? !_received.HasArrived : !_socket.Poll(0, SelectMode.SelectRead);
                return nothing && Below is not { IsTouched: true };
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) =>
        _stream.WriteAsync(octets, cancellationToken);

    /// <inheritdoc cref="ResponseReader.ReadHeadAsync"/>
    public ValueTask<ResponseHead> ReadHeadAsync(bool bodiless, IInterimReceiver interim,
        CancellationToken cancellationToken)
    {
        Used = true;
        return _reader.ReadHeadAsync(bodiless, interim, cancellationToken);
    }

    /// <inheritdoc cref="ResponseReader.ReadBodyAsync"/>
    public ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(CancellationToken cancellationToken) =>
        _reader.ReadBodyAsync(cancellationToken);

    /// <summary>
    /// Keeps it for later. From now on it ends by itself when its address closes it or sends something; false where
    /// that is so already, even if it is only part of a TLS record.
    /// </summary>
    public bool TryRest()
    {
        if (Below is { IsWithinRecord: true })
            return false;
        Volatile.Write(ref _idle, 1);
        _keep?.Invoke();
        Below?.Rest();
        return _received.TryRest();
    }

    /// <summary>Whether it waits for a request; false once it has been taken, or has ended.</summary>
    public bool IsIdle => Volatile.Read(ref _idle) == 1;

    /// <summary>Takes an idle connection for a request; false where it has ended.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _idle, 0) == 1;

    public void Dispose()
    {
        // A pending read may still write into the buffer, so that it is left to the collector.
        _stream.Dispose();
        _socket?.Dispose();
    }

    // A read of no octets also ends when something was there before and has been read since (an event that was late).
    // Then the connection waits unwatched, to be looked at when it is taken.
    private bool EndIfIdle()
    {
        if (!IsIdle || (_socket is not null && IsSilent) || !TryTake())
            return false;
        Dispose();
        _received.Close();
        return true;
    }
}
