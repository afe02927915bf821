using Meridian.Dns.Wire;

namespace Meridian.Dns.Steered;

/// <summary>Who asks a steered name for what.</summary>
/// <param name="Type">The type that was asked for.</param>
/// <param name="Client">The client's address, 4 or 16 octets; what lies beyond <paramref name="ClientBits"/> is
/// zero.</param>
/// <param name="ClientBits">How many bits of it are known: the source prefix length of Client Subnet, or all.</param>
/// <param name="FromSubnet">Whether the client comes from EDNS Client Subnet and not from the sender's address.</param>
/// <param name="Draw">64 random bits for choices by chance.</param>
/// <param name="Now">When the query was taken.</param>
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
