using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>An HTTP proxy that knows CONNECT (RFC 9110 section 9.3.6), and wants a password.</summary>
public sealed class TestProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TestProxy()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Its address with the right password.</summary>
    public Uri Url => new($"http://lab:s%40cret@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>What it was asked to connect to.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var (stream, head, octet) = (client.GetStream(), new StringBuilder(), new byte[1]);
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
                    && await stream.ReadAsync(octet) > 0)
                    head.Append((char)octet[0]);
                var lines = head.ToString().Split("\r\n");
                if (!lines.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String("lab:s@cret"u8)}"))
                {
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"u8.ToArray());
                    return;
                }

                var target = lines[0].Split(' ')[1];
                Asked.Enqueue(target);
                using var upstream = new TcpClient();
                var colon = target.LastIndexOf(':');
                await upstream.ConnectAsync(target[..colon],
                    int.Parse(target[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
                await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
                await Task.WhenAny(stream.CopyToAsync(upstream.GetStream()), upstream.GetStream().CopyToAsync(stream));
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // One of the two is gone.
            }
        }
    }
}
