using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;

namespace Meridian.Dns.Sockets;

/// <summary>
/// Answers the datagrams of one socket, one at a time, with portable calls. Allocates nothing for a query.
/// </summary>
internal sealed class UdpLoop(Socket socket, UdpService service, DnsCounters counters)
{
    public void Run()
    {
        var query = GC.AllocateUninitializedArray<byte>(UdpService.MaxQuery, pinned: true);
        var response = GC.AllocateUninitializedArray<byte>(ResponseLimits.MaxUdp, pinned: true);
        var sender = new SocketAddress(socket.AddressFamily);
        var random = FastRandom.Seeded();
        while (!service.IsStopping)
        {
            try
            {
                var length = socket.ReceiveFrom(query, SocketFlags.None, sender);
                ReadOnlySpan<byte> peer = sender.Buffer.Span[..sender.Size];
                if (!SocketAddresses.IsSome(peer))
                    continue;
                var requester = new Requester(SocketAddresses.AddressOf(peer), Transport.Udp, random.Next(),
                    service.Now);
                var answered = service.Answer(query.AsSpan(0, length), response, requester, socket, peer, counters);
                if (answered > 0)
                    socket.SendTo(response.AsSpan(0, answered), SocketFlags.None, sender);
            }
            catch (SocketException)
            {
                // The time-out, an ICMP error of an earlier answer, or a full send buffer: the client asks again. What
                // fails at once is not repeated at once.
                Pause();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                service.Fault(e);
            }
        }
    }

    private void Pause()
    {
        try
        {
            socket.Poll(UdpListener.AfterFault, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Thread.Sleep(UdpListener.AfterFault);
        }
    }
}
