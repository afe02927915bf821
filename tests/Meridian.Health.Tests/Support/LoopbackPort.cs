using System.Net;
using System.Net.Sockets;

namespace Meridian.Health.Tests.Support;

internal static class LoopbackPort
{
    /// <summary>A port on loopback where nothing listens.</summary>
    public static int Unused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.Port();
    }

    public static int Port(this TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
