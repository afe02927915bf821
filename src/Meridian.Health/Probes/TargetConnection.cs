using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Health.Probes;

/// <summary>Opens TCP connections to the target itself, whatever name is asked for in them.</summary>
internal static class TargetConnection
{
    /// <exception cref="SocketException">It could not be opened.</exception>
    public static async Task<Socket> OpenAsync(string target, int port, CancellationToken cancellationToken)
    {
        EndPoint endPoint = IpText.TryParse(target, out var ip)
            ? new IPEndPoint(ip, port) : new DnsEndPoint(target, port);
        var socket = ip is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="ConnectFailedException">It could not be opened.</exception>
    public static async Task<Stream> OpenStreamAsync(string target, int port, CancellationToken cancellationToken)
    {
        try
        {
            return new NetworkStream(await OpenAsync(target, port, cancellationToken), ownsSocket: true);
        }
        catch (SocketException e)
        {
            throw new ConnectFailedException(e);
        }
    }
}
