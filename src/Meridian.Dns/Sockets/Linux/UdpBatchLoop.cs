using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets.Linux;

/// <summary>
/// Answers what comes in on one socket: takes up to 64 datagrams in a call, answers them in a row, sends the answers in
/// a call. Nothing is allocated, locked or thrown from datagram to datagram.
/// </summary>
internal sealed class UdpBatchLoop(Socket socket, UdpService service, DnsCounters counters)
{
    /// <summary>Datagrams in a call. More cost latency and cache; fewer, system calls.</summary>
    private const int BatchSize = 64;

    // Buffers lie a cache line apart from a multiple of the page size, so that the same octets of 64 datagrams do not
    // fall into the same cache set.
    private const int Stagger = 64;

    // Where there are no more cores than loops, compiling a verdict would hold up answers for whole slices of time. The
    // kernel refuses it to a process without CAP_SYS_NICE or LimitNICE, which then serves as before.
    private const int Priority = -10;

    public void Run()
    {
        _ = SocketCalls.SetPriority(0, 0, Priority);

        // The handle is kept from being closed and used again by another socket while the loop is inside a call.
        var held = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref held);
            using var queries = new DatagramBatch(BatchSize, UdpService.MaxQuery + Stagger);
            using var responses = new DatagramBatch(BatchSize,
                ResponseLimits.MaxUdp + (2 * Stagger) - (ResponseLimits.MaxUdp % Stagger));
            while (!service.IsStopping)
                Guard((int)socket.SafeHandle.DangerousGetHandle(), queries, responses);
        }
        catch (ObjectDisposedException)
        {
            // Stopped before it began.
        }
        finally
        {
            if (held)
                socket.SafeHandle.DangerousRelease();
        }
    }

    // A fault of ours costs the datagrams that were taken with it, and not the thread.
    private void Guard(int handle, DatagramBatch queries, DatagramBatch responses)
    {
        try
        {
            Serve(handle, queries, responses);
        }
        catch (Exception e) when (e is not ObjectDisposedException)
        {
            service.Fault(e);
        }
    }

    private void Serve(int handle, DatagramBatch queries, DatagramBatch responses)
    {
        var chance = Chance.Seeded();
        while (!service.IsStopping)
        {
            var count = queries.Receive(handle);
            if (count < 0)
            {
                if (Marshal.GetLastPInvokeError() is not (SocketCalls.Again or SocketCalls.Interrupted))
                    Thread.Yield();
                continue;
            }

            var now = service.Now;
            var pending = 0;
            for (var i = 0; i < count; i++)
            {
                var peer = queries.Peer(i);
                if (!SocketAddresses.IsSome(peer))
                    continue;
                var requester = new Requester(SocketAddresses.AddressOf(peer), Transport.Udp, chance.Next(), now);
                var length = service.Answer(queries.Message(i), responses.Buffer(pending)[..ResponseLimits.MaxUdp],
                    requester, socket, peer, counters);
                if (length > 0)
                    responses.Address(pending++, length, queries, i);
            }

            responses.Send(handle, pending);
        }
    }
}
