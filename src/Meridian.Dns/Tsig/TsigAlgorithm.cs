using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tsig;

/// <summary>A keyed hash that messages are signed with (RFC 8945 section 6). MD5 and SHA-1 are not offered.</summary>
public sealed class TsigAlgorithm
{
    private TsigAlgorithm(string name, HashAlgorithmName hash, int length)
    {
        Text = name;
        Name = DnsName.Parse(name);
        Hash = hash;
        Length = length;
    }

    public static TsigAlgorithm HmacSha256 { get; } = new("hmac-sha256", HashAlgorithmName.SHA256, 32);

    public static TsigAlgorithm HmacSha384 { get; } = new("hmac-sha384", HashAlgorithmName.SHA384, 48);

    public static TsigAlgorithm HmacSha512 { get; } = new("hmac-sha512", HashAlgorithmName.SHA512, 64);

    public static IReadOnlyList<TsigAlgorithm> All { get; } = [HmacSha256, HmacSha384, HmacSha512];

    /// <summary>The name as text, such as <c>hmac-sha256</c>.</summary>
    public string Text { get; }

    /// <summary>The name in messages.</summary>
    public DnsName Name { get; }

    public HashAlgorithmName Hash { get; }

    /// <summary>Octets of a whole MAC.</summary>
    public int Length { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out TsigAlgorithm? algorithm)
    {
        algorithm = All.FirstOrDefault(a => a.Text.Equals(text.TrimEnd('.'), StringComparison.OrdinalIgnoreCase));
        return algorithm is not null;
    }
}
