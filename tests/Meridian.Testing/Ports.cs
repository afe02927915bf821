using System.Net;
using System.Net.Sockets;

namespace Meridian.Testing;

/// <summary>Ports for servers that have to be told theirs before they start.</summary>
public static class Ports
{
    // Below the range that the system gives to outgoing connections: none of them takes it before its server does.
    private const int First = 10_000;
    private const int Blocks = 22;
    private const int BlockSize = 1000;

    // Test programs run beside each other. Each begins in a block of its own and gives no port twice before the block's
    // end, as a server that is down for a while, or not up yet, holds none.
    private static readonly int Begin = First + (Environment.ProcessId % Blocks * BlockSize);
    private static int _given = Random.Shared.Next(BlockSize);

    /// <summary>A port that is free for TCP and UDP at every address.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Begin + ((Interlocked.Increment(ref _given) & int.MaxValue) % BlockSize);
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
                // Another program has it; the next one will be free.
            }
        }
    }
}
