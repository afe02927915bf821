using Meridian.Dns.Wire;

namespace Meridian.Dns.Steered;

/// <summary>What a client asks a steered name.</summary>
/// <param name="Type">The type that was asked for.</param>
/// <param name="Client">
/// The client's address, 4 or 16 octets; the bits beyond <paramref name="ClientBits"/> are zero.
/// </param>
/// <param name="ClientBits">How many bits of it are known: the source prefix length of Client Subnet, or all.</param>
/// <param name="FromSubnet">Whether the client comes from EDNS Client Subnet and not from the sender's address.</param>
/// <param name="Draw">64 random bits for random choices.</param>
/// <param name="Now">When the query was received.</param>
public readonly ref struct SteeredQuestion(
    RecordType Type, ReadOnlySpan<byte> Client, byte ClientBits, bool FromSubnet, ulong Draw, DateTimeOffset Now)
{
    public RecordType Type { get; } = Type;

    public ReadOnlySpan<byte> Client { get; } = Client;

    public byte ClientBits { get; } = ClientBits;

    public bool FromSubnet { get; } = FromSubnet;

    public ulong Draw { get; } = Draw;

    public DateTimeOffset Now { get; } = Now;
}
