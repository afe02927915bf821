namespace Meridian.Dns.Sockets;

/// <summary>Bounds on TCP clients (RFC 7766 section 6.2.2, RFC 9210 section 4).</summary>
public sealed record TcpLimits
{
    /// <summary>
    /// Connections at one time; the next one is closed at once. BIND's default is 150, Knot's a tenth of the file
    /// limit.
    /// </summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Connections of one client address.</summary>
    public int MaxConnectionsPerClient { get; init; } = 200;

    /// <summary>
    /// How long a connection may wait for a whole query, or for the client to read its answer. Knot's default.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
