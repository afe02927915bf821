using Meridian.Dns.Wire;

namespace Meridian.Dns.Tsig;

/// <summary>A secret key that two servers share (RFC 8945).</summary>
public sealed record SharedKey(DnsName Name, TsigAlgorithm Algorithm, ReadOnlyMemory<byte> Secret)
{
    // The secret is not for logs.
    public override string ToString() => $"{Name} ({Algorithm.Text})";
}
