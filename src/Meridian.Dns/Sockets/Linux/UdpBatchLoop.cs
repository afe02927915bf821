using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets.Linux;

/// <summary>
/// Answers the datagrams of one socket: receives up to 64 in one call, answers them in a row, and sends the answers in
/// one call. Nothing is allocated, locked or thrown from datagram to datagram.
/// </summary>
internal sealed class UdpBatchLoop(Socket socket, UdpService service, DnsCounters counters)
{
    /// <summary>Datagrams in one call. More cost latency and cache; fewer cost system calls.</summary>
    private const int BatchSize = 64;

    // Buffers lie a cache line apart from a multiple of the page size, so that the same octets of 64 datagrams do not
    // fall into the same cache set.
    private const int Stagger = 64;

    // Where there are no more cores than loops, compiling a verdict would hold up answers for whole time slices. The
    // kernel refuses the priority to a process without CAP_SYS_NICE or LimitNICE, which then serves without it.
    private const int Priority = -10;

    public void Run()
    {
        _ = SocketCalls.SetPriority(0, 0, Priority);

        // The reference keeps the handle from being closed, and reused by another socket, while the loop is in a call.
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
            // The server stopped before the loop began.
        }
        finally
        {
            if (held)
                socket.SafeHandle.DangerousRelease();
        }
    }

    // An exception costs the datagrams of its batch, not the thread.
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

    // A call that fails at once is not repeated at once, whatever the reason.
    private void Pause(int error)
    {
        if (error == SocketCalls.Again)
            socket.Poll(UdpListener.AfterFault, SelectMode.SelectRead);
        else if (error != SocketCalls.Interrupted)
            Thread.Sleep(UdpListener.AfterFault);
    }

    private void Serve(int handle, DatagramBatch queries, DatagramBatch responses)
    {
        var random = FastRandom.Seeded();
        while (!service.IsStopping)
        {
            var count = queries.Receive(handle);
            if (count < 0)
            {
                Pause(Marshal.GetLastPInvokeError());
                continue;
            }

            var now = service.Now;
            var pending = 0;
            for (var i = 0; i < count; i++)
            {
                var peer = queries.Peer(i);
                if (!SocketAddresses.IsSome(peer))
                    continue;
                var requester = new Requester(SocketAddresses.AddressOf(peer), Transport.Udp, random.Next(), now);
                var length = service.Answer(queries.Message(i), responses.Buffer(pending)[..ResponseLimits.MaxUdp],
                    requester, socket, peer, counters);
                if (length > 0)
                    responses.Address(pending++, length, queries, i);
            }

            responses.Send(handle, pending);
        }
    }
}
