using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>
/// One client's connection: queries behind a 16-bit length, as many as it likes, one after the other or all at once
/// (RFC 7766 section 6.2.1.1). Answers to queries that arrived together leave together.
/// </summary>
internal sealed class TcpQueryConnection(
    Socket socket, IPAddress client, Responder responder, ZoneHolder zones, TcpLimits limits, DnsCounters counters, TimeProvider time)
{
    private const int FirstBuffer = 1024;

    private readonly byte[] _address = client.GetAddressBytes();
    private Chance _chance = Chance.Seeded();

    /// <summary>Serves until the client closes, is idle for too long, or the server stops. Never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        var received = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            socket.NoDelay = true;
            var filled = 0;
            while (true)
            {
                idle.CancelAfter(limits.IdleTimeout);
                var count = await socket.ReceiveAsync(received.AsMemory(filled), stop.Token);
                if (count == 0)
                    return;
                filled += count;
                var used = await AnswerWholeAsync(received.AsMemory(0, filled), stop.Token);
                filled -= used;
                received.AsSpan(used, filled).CopyTo(received);
                received = MakeRoom(received, filled);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client went away, was idle, or the server stops; all end the same way.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(received);
            socket.Dispose();
        }
    }

    /// <summary>Answers the whole queries at the start of the buffer and gives their length.</summary>
    private async ValueTask<int> AnswerWholeAsync(ReadOnlyMemory<byte> received, CancellationToken cancellationToken)
    {
        var used = 0;
        byte[]? response = null;
        try
        {
            var pending = 0;
            while (TryTakeQuery(received.Span[used..], out var length))
            {
                response ??= ArrayPool<byte>.Shared.Rent(2 * (Responder.MaxResponse + 2));
                pending += Respond(received.Span.Slice(used + 2, length), response.AsSpan(pending));
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

    private int Respond(ReadOnlySpan<byte> query, Span<byte> output)
    {
        var requester = new Requester(_address, Transport.Tcp, _chance.Next(), time.GetUtcNow());
        var summary = responder.Respond(zones.Current, query, output.Slice(2, Responder.MaxResponse), requester);
        counters.Count(summary);
        if (summary.Length == 0)
            return 0;
        BinaryPrimitives.WriteUInt16BigEndian(output, (ushort)summary.Length);
        return 2 + summary.Length;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }

    private static bool TryTakeQuery(ReadOnlySpan<byte> received, out int length)
    {
        length = 0;
        if (received.Length < 2)
            return false;
        length = BinaryPrimitives.ReadUInt16BigEndian(received);
        return received.Length >= 2 + length;
    }

    private static byte[] MakeRoom(byte[] buffer, int filled)
    {
        if (filled < buffer.Length)
            return buffer;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 4, ushort.MaxValue + 2 + FirstBuffer));
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
