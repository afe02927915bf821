namespace Meridian.Dns.Sockets;

/// <summary>How datagrams are received.</summary>
public sealed record UdpOptions
{
    /// <summary>Threads for each address, 1 to 64; null for one for each core that the process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>Use the portable loop where there is a faster one, to test it.</summary>
    public bool Portable { get; init; }
}
