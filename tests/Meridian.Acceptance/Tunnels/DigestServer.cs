using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Meridian.Acceptance.Tunnels;

/// <summary>
/// A TCP service that answers with a digest once the client has said all: it needs each direction to end by itself.
/// </summary>
internal sealed class DigestServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public DigestServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    /// <summary>What a service of this kind answers.</summary>
    public static async Task<byte[]> AskAsync(int port, byte[] octets)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(octets);
        client.Client.Shutdown(SocketShutdown.Send);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WithinAsync(20);
        return all.ToArray();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await client.GetStream().WriteAsync(await SHA256.HashDataAsync(client.GetStream()));
            }
            catch (IOException)
            {
                // The client is gone.
            }
        }
    }
}
