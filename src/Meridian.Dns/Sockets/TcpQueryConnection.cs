using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>
/// One client's connection, plain or TLS: any number of queries, each behind a 16-bit length, one after the other or
/// all at once (RFC 7766 section 6.2.1.1). Answers to queries that arrived together leave together. A query that needs
/// more than a lookup is answered when it is done, out of order (section 7). An idle connection holds no buffer.
/// </summary>
internal sealed class TcpQueryConnection(
    Stream stream, IPAddress client, Responder responder, ZoneHolder zones, DnsServerOptions options,
    DnsCounters counters, TimeProvider time) : IDisposable
{
    private const int FirstBuffer = 1024;

    /// <summary>Deferred queries of one connection at a time; reading continues when one is answered.</summary>
    private const int MaxDeferred = 16;

    private readonly byte[] _address = client.GetAddressBytes();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly List<Task> _deferred = [];

    // Ends the connection. Only a whole query or answer, or the first octet of a query, extends the time limit; a
    // client that sends single octets does not keep the connection.
    private readonly CancellationTokenSource _idle = new(Timeout.InfiniteTimeSpan, time);
    private FastRandom _random = FastRandom.Seeded();

    /// <summary>Serves until the client closes, is idle for too long, or the server stops. Never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _idle.Token);
        byte[] received = [];
        try
        {
            var filled = 0;
            PutOffEnd();
            while (true)
            {
                if (filled == 0)
                {
                    _ = await stream.ReadAsync(Memory<byte>.Empty, stop.Token);
                    PutOffEnd();
                }

                if (received.Length == 0)
                    received = ArrayPool<byte>.Shared.Rent(FirstBuffer);
                var count = await stream.ReadAsync(received.AsMemory(filled), stop.Token);
                if (count == 0)
                    break;
                filled += count;
                var used = await AnswerWholeAsync(received.AsMemory(0, filled), stop.Token);
                if (used > 0)
                    PutOffEnd();
                filled -= used;
                received.AsSpan(used, filled).CopyTo(received);
                received = MakeRoom(received, filled);
            }

            // A client that sends no more queries may still be waiting for answers.
            await Task.WhenAll(_deferred);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException
            or ObjectDisposedException)
        {
            // The client closed or was idle, or the server stops; all end the same way.
        }
        finally
        {
            if (received.Length > 0)
                ArrayPool<byte>.Shared.Return(received);
            await stop.CancelAsync();
            await Task.WhenAll(_deferred);
            await stream.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _writing.Dispose();
        _idle.Dispose();
    }

    private void PutOffEnd() => _idle.CancelAfter(options.Tcp.IdleTimeout);

    /// <summary>Answers the whole queries at the start of the buffer and returns their length.</summary>
    private async ValueTask<int> AnswerWholeAsync(ReadOnlyMemory<byte> received, CancellationToken cancellationToken)
    {
        var used = 0;
        byte[]? response = null;
        try
        {
            var pending = 0;
            while (TryReadQuery(received.Span[used..], out var length))
            {
                response ??= ArrayPool<byte>.Shared.Rent(2 * (Responder.MaxResponse + 2));
                var query = received.Slice(used + 2, length);
                if (!TryRespond(query.Span, response.AsSpan(pending), out var written))
                    await DeferAsync(query.ToArray(), cancellationToken);
                pending += written;
                used += 2 + length;
                if (response.Length - pending < Responder.MaxResponse + 2)
                {
                    await SendAsync(response.AsMemory(0, pending), cancellationToken);
                    pending = 0;
                }
            }

            if (pending > 0)
                await SendAsync(response.AsMemory(0, pending), cancellationToken);
            return used;
        }
        finally
        {
            if (response is not null)
                ArrayPool<byte>.Shared.Return(response);
        }
    }

    /// <summary>Writes a response behind its length; false where the query is deferred.</summary>
    private bool TryRespond(ReadOnlySpan<byte> query, Span<byte> output, out int written)
    {
        var requester = new Requester(_address, Transport.Tcp, _random.Next(), time.GetUtcNow());
        var summary = responder.Respond(zones.Current, query, output.Slice(2, Responder.MaxResponse), requester);
        counters.Count(summary);
        options.QueryLog?.Offer(query, output.Slice(2, summary.Length), requester);
        written = summary.Length == 0 ? 0 : 2 + summary.Length;
        if (written > 0)
            BinaryPrimitives.WriteUInt16BigEndian(output, (ushort)summary.Length);
        return !summary.IsDeferred;
    }

    private async ValueTask DeferAsync(byte[] query, CancellationToken cancellationToken)
    {
        _deferred.RemoveAll(t => t.IsCompleted);
        if (_deferred.Count >= MaxDeferred)
            await Task.WhenAny(_deferred);
        _deferred.Add(HandleAsync(query, cancellationToken));
    }

    private async Task HandleAsync(byte[] query, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            await options.Messages!.HandleAsync(query, client, Transport.Tcp, async response =>
            {
                var framed = ArrayPool<byte>.Shared.Rent(response.Length + 2);
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)response.Length);
                response.CopyTo(framed.AsMemory(2));
                try
                {
                    await SendAsync(framed.AsMemory(0, response.Length + 2), cancellationToken);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(framed);
                }
            }, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException
            or ObjectDisposedException)
        {
            // The connection ends; its own loop closes it.
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
            PutOffEnd();
        }
        finally
        {
            _writing.Release();
        }
    }

    private static bool TryReadQuery(ReadOnlySpan<byte> received, out int length)
    {
        length = 0;
        if (received.Length < 2)
            return false;
        length = BinaryPrimitives.ReadUInt16BigEndian(received);
        return received.Length >= 2 + length;
    }

    // The buffer is returned when it holds no part of a query, and replaced by a larger one when it is full.
    private static byte[] MakeRoom(byte[] buffer, int filled)
    {
        if (filled > 0 && filled < buffer.Length)
            return buffer;
        var larger = filled == 0
            ? [] : ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 4, ushort.MaxValue + 2 + FirstBuffer));
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
