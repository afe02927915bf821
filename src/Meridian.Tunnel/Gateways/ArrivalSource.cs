using System.Net;
using Meridian.Addresses;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// Whom an <see cref="ArrivalLimiter"/> counts as one: a client (<see cref="ClientNetwork"/>), or an agent.
/// </summary>
/// <param name="Network">The address, IPv4 as <c>::ffff:a.b.c.d</c>, without the bits of the host; 0 for an
/// agent.</param>
/// <param name="Agent">The agent's name; null for an address.</param>
internal readonly record struct ArrivalSource(UInt128 Network, string? Agent)
{
    private const int NeighbourhoodBits = 80;
    private const int NeighbourhoodBitsOfIPv4 = 8;

    /// <summary>Whom it shares a limit with where there is no room for its own: its IPv4 /24 or IPv6 /48.</summary>
    public ArrivalSource Neighbourhood =>
        this with { Network = Without(IsIPv4 ? NeighbourhoodBitsOfIPv4 : NeighbourhoodBits, Network) };

    private bool IsIPv4 => Network >> 32 == 0xFFFF;

    public static ArrivalSource Of(string agent) => new(0, agent);

    public static ArrivalSource Of(IPAddress address) => new(ClientNetwork.Of(address).Bits, null);

    private static UInt128 Without(int bits, UInt128 network) => network >> bits << bits;
}
