using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Dns;

/// <summary>What idle TCP connections cost a server in memory.</summary>
internal static class IdleConnections
{
    private const int PerClient = 100;

    /// <summary>Megabytes that resident memory grows by.</summary>
    public static async Task<double> MeasureAsync(Server server, int count)
    {
        var before = server.Usage.ResidentMegabytes;
        var clients = new List<Socket>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                clients.Add(socket);

                // As many clients as the limit for one of them asks for.
                socket.Bind(new IPEndPoint(new IPAddress(new byte[]
                {
                    127,
                    77,
                    (byte)(i / PerClient / 250),
                    (byte)(1 + (i / PerClient % 250)),
                }), 0));
                await socket.ConnectAsync(IPAddress.Loopback, server.Port);
            }

            await Task.Delay(1000);
            return server.Usage.ResidentMegabytes - before;
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }
}
