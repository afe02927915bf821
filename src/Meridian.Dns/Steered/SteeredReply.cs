using Meridian.Dns.Wire;

namespace Meridian.Dns.Steered;

/// <summary>The answer that a steered name chose.</summary>
/// <param name="kind">The sort of answer.</param>
/// <param name="ttl">Time to live in seconds.</param>
/// <param name="scopeBits">The widest prefix length for which the answer is the same (RFC 7871 section 7.2.1).</param>
public readonly ref struct SteeredReply(SteeredKind kind, uint ttl, byte scopeBits)
{
    /// <summary>Most octets of an answer: 64 addresses of each family, and the parameters of a service.</summary>
    public const int MaxData = (64 * (4 + 16)) + 512;

    public SteeredKind Kind { get; } = kind;

    public uint Ttl { get; } = ttl;

    public byte ScopeBits { get; } = scopeBits;

    /// <summary>The largest value of <see cref="Ttl"/>, in seconds: the TTL while no change is expected.</summary>
    public uint MaxTtl { get; init; } = ttl;

    /// <summary>The chosen addresses, 4 octets each for A and 16 for AAAA, one after the other.</summary>
    public ReadOnlySpan<byte> Addresses { get; init; }

    /// <summary>The data of the record, for <see cref="SteeredKind.Record"/>.</summary>
    public ReadOnlySpan<byte> Record { get; init; }

    /// <summary>The target, for <see cref="SteeredKind.Alias"/>.</summary>
    public DnsName? Target { get; init; }

    /// <summary>An extended error that goes with the answer.</summary>
    public ExtendedError Error { get; init; } = ExtendedError.None;
}
