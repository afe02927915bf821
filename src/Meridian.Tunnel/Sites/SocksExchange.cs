using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;

namespace Meridian.Tunnel.Sites;

/// <summary>
/// Asks a SOCKS 5 proxy for a connection (RFC 1928), with a user and a password where there are some (RFC 1929). Host
/// names are resolved by the proxy.
/// </summary>
internal static class SocksExchange
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte Password = 2;
    private const byte Connect = 1;
    private const byte IPv4 = 1;
    private const byte Name = 3;
    private const byte IPv6 = 4;

    /// <exception cref="DialException">The proxy refuses, or is none.</exception>
    public static async Task SendAsync(Stream stream, GatewayAddress gateway, string userInfo,
        CancellationToken cancellationToken)
    {
        byte[] greeting = userInfo.Length > 0
            ? [Version, 2, NoAuthentication, Password] : [Version, 1, NoAuthentication];
        await stream.WriteAsync(greeting, cancellationToken);
        var chosen = await ReadAsync(stream, 2, cancellationToken);
        if (chosen[0] != Version)
            throw new DialException("it does not speak SOCKS 5");
        if (chosen[1] == Password && userInfo.Length > 0)
            await AuthenticateAsync(stream, userInfo, cancellationToken);
        else if (chosen[1] != NoAuthentication)
            throw new DialException("it wants a user and a password");
        await stream.WriteAsync(RequestFor(gateway), cancellationToken);
        var answer = await ReadAsync(stream, 4, cancellationToken);
        if (answer[1] != 0)
            throw new DialException(TextOf(answer[1]));
        var rest = answer[3] switch
        {
            IPv4 => 4,
            IPv6 => 16,
            Name => (await ReadAsync(stream, 1, cancellationToken))[0],
            _ => throw new DialException("it answers with an address of an unknown kind"),
        };
        await ReadAsync(stream, rest + 2, cancellationToken);
    }

    private static async Task AuthenticateAsync(Stream stream, string userInfo, CancellationToken cancellationToken)
    {
        var parts = userInfo.Split(':', 2);
        var (user, password) = (Octets(parts[0]), Octets(parts.Length > 1 ? parts[1] : ""));
        await stream.WriteAsync((byte[])[1, (byte)user.Length, .. user, (byte)password.Length, .. password],
            cancellationToken);
        if ((await ReadAsync(stream, 2, cancellationToken))[1] != 0)
            throw new DialException("it refuses the user or the password");
    }

    private static byte[] RequestFor(GatewayAddress gateway)
    {
        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)gateway.Port);
        byte[] host = !IpText.TryParse(gateway.Host, out var address)
            ? [Name, (byte)gateway.Host.Length, .. Encoding.ASCII.GetBytes(gateway.Host)]
            : [address.AddressFamily == AddressFamily.InterNetwork ? IPv4 : IPv6, .. address.GetAddressBytes()];
        return [Version, Connect, 0, .. host, .. port];
    }

    private static byte[] Octets(string escaped)
    {
        var octets = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(escaped));
        return octets.Length <= byte.MaxValue ? octets
            : throw new DialException("the user or the password is longer than 255 octets");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var octets = new byte[count];
        try
        {
            await stream.ReadExactlyAsync(octets, cancellationToken);
            return octets;
        }
        catch (EndOfStreamException)
        {
            throw new DialException("the connection ended before an answer");
        }
    }

    // RFC 1928 section 6.
    private static string TextOf(byte reply) => reply switch
    {
        2 => "it does not allow the connection",
        3 => "the network cannot be reached",
        4 => "the host cannot be reached",
        5 => "connection refused",
        6 => "the connection has timed out",
        _ => $"it refuses the connection (reply {reply})",
    };
}
