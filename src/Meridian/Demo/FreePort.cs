using System.Net;
using System.Net.Sockets;

namespace Meridian.Demo;

/// <summary>Finds a port that is free on every one of some addresses, for UDP and TCP.</summary>
internal static class FreePort
{
    private const int Tries = 100;

    /// <param name="first">The first port to try.</param>
    /// <param name="taken">Called with each port that is taken.</param>
    /// <param name="addresses">The addresses.</param>
    /// <exception cref="Running.StartException">None of a hundred ports is free, or an address cannot be used at
    /// all.</exception>
    public static int Find(int first, Action<int> taken, params IPAddress[] addresses)
    {
        for (var port = first; port < first + Tries; port++)
        {
            if (addresses.All(a => IsFree(new IPEndPoint(a, port))))
                return port;
            taken(port);
        }

        throw new Running.StartException(
            $"no port from {first} to {first + Tries - 1} is free on {string.Join<IPAddress>(", ", addresses)}");
    }

    private static bool IsFree(IPEndPoint endPoint)
    {
        try
        {
            using var tcp = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(endPoint);
            using var udp = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(endPoint);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw new Running.StartException(
                $"the loopback address {endPoint.Address} cannot be used: on macOS, run "
                + $"`sudo ifconfig lo0 alias {endPoint.Address}` first");
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
