using System.Net;
using System.Net.Sockets;

namespace Meridian.Testing;

/// <summary>Ports for servers that have to be told theirs before they start.</summary>
public static class Ports
{
    // Below the range that the system gives to outgoing connections: none of them takes it before its server does.
    private const int First = 10_000;
    private const int Last = 32_000;

    /// <summary>A port that is free for TCP and UDP at every address.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                tcp.Bind(new IPEndPoint(IPAddress.Any, port));
                udp.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Another program has it; the next draw will be free.
            }
        }
    }
}
