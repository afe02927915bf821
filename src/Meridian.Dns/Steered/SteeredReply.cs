using Meridian.Dns.Wire;

namespace Meridian.Dns.Steered;

/// <summary>What a steered name chose.</summary>
/// <param name="Kind">The sort of answer.</param>
/// <param name="Count">Number of addresses written.</param>
/// <param name="Ttl">Time to live in seconds.</param>
/// <param name="ScopeBits">The widest prefix length for which the answer is the same (RFC 7871 section 7.2.1).</param>
public readonly record struct SteeredReply(SteeredKind Kind, int Count, uint Ttl, byte ScopeBits)
{
    /// <summary>The target, for <see cref="SteeredKind.Alias"/>.</summary>
    public DnsName? Target { get; init; }

    /// <summary>An extended error that goes with the answer.</summary>
    public ExtendedError Error { get; init; } = ExtendedError.None;
}
