using Meridian.Addresses;

namespace Meridian.Dns.Sockets;

/// <summary>Bounds on TCP clients (RFC 7766 section 6.2.2, RFC 9210 section 4).</summary>
public sealed record TcpLimits
{
    /// <summary>
    /// Connections at one time, over TLS too. Once there are as many, one that comes takes the place of the client that
    /// has most (<see cref="ConnectionPlaces"/>). BIND's default is 150, Knot's a tenth of the file limit.
    /// </summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Connections of one client: an IPv4 address, or an IPv6 /64. More are closed at once.</summary>
    public int MaxConnectionsPerClient { get; init; } = 200;

    /// <summary>
    /// How long a connection may wait for a query, for the whole of it once it has begun, or for the client to read an
    /// answer. Knot's default.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
