using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>A SOCKS 5 proxy (RFC 1928) that wants a password where it has one.</summary>
public sealed class TestSocks : IDisposable
{
    private readonly TestOrigin _origin;

    /// <param name="password">The user and the password, as <c>user:password</c>; null for none.</param>
    /// <param name="reply">What it answers to every request; 0 for yes.</param>
    public TestSocks(string? password = null, byte reply = 0) => _origin = new TestOrigin(async socket =>
    {
        await using var client = new NetworkStream(socket);
        var methods = (await ReadAsync(client, 2))[1];
        await ReadAsync(client, methods);
        await client.WriteAsync(new byte[] { 5, (byte)(password is null ? 0 : 2) });
        if (password is not null)
        {
            var user = await ReadAsync(client, (await ReadAsync(client, 2))[1]);
            var word = await ReadAsync(client, (await ReadAsync(client, 1))[0]);
            var isRight = $"{Encoding.UTF8.GetString(user)}:{Encoding.UTF8.GetString(word)}" == password;
            await client.WriteAsync(new byte[] { 1, (byte)(isRight ? 0 : 1) });
            if (!isRight)
                return;
        }

        var kind = (await ReadAsync(client, 4))[3];
        var host = kind == 3 ? Encoding.ASCII.GetString(await ReadAsync(client, (await ReadAsync(client, 1))[0]))
            : new IPAddress(await ReadAsync(client, kind == 1 ? 4 : 16)).ToString();
        var port = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(client, 2));
        Asked.Enqueue($"{host}:{port}");
        await client.WriteAsync(new byte[] { 5, reply, 0, 1, 0, 0, 0, 0, 0, 0 });
        if (reply != 0)
            return;
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(host, port);
        await Task.WhenAny(client.CopyToAsync(upstream.GetStream()), upstream.GetStream().CopyToAsync(client));
    });

    public int Port => _origin.Port;

    /// <summary>What it was asked to connect to.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public void Dispose() => _origin.Dispose();

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var octets = new byte[count];
        await stream.ReadExactlyAsync(octets);
        return octets;
    }
}
