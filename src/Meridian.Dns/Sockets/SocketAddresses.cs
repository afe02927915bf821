namespace Meridian.Dns.Sockets;

/// <summary>Reads struct sockaddr_in and sockaddr_in6.</summary>
internal static class SocketAddresses
{
    private const int V4SocketAddress = 16;

    /// <summary>
    /// Whether a datagram has a sender; a socket that is being closed returns empty datagrams without one.
    /// </summary>
    public static bool IsSome(ReadOnlySpan<byte> socketAddress) => socketAddress.Length >= V4SocketAddress;

    /// <summary>The address, 4 or 16 octets: at octet 4 of sockaddr_in, at octet 8 of sockaddr_in6.</summary>
    public static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> socketAddress) =>
        socketAddress.Length <= V4SocketAddress ? socketAddress.Slice(4, 4) : socketAddress.Slice(8, 16);
}
