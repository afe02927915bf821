using System.Collections.Frozen;

namespace Meridian.Dns.Records;

/// <summary>Words that stand for numbers in master files.</summary>
internal static class Mnemonics
{
    /// <summary>Algorithms of DNSSEC (RFC 4034 appendix A.1 and the registry of IANA).</summary>
    public static FrozenDictionary<string, ulong> Algorithms { get; } = Of(
        ("RSAMD5", 1), ("DH", 2), ("DSA", 3), ("RSASHA1", 5), ("DSA-NSEC3-SHA1", 6), ("RSASHA1-NSEC3-SHA1", 7),
        ("NSEC3DSA", 6), ("NSEC3RSASHA1", 7), ("RSASHA256", 8), ("RSASHA512", 10), ("ECC-GOST", 12), ("ECCGOST", 12),
        ("ECDSAP256SHA256", 13), ("ECDSAP384SHA384", 14), ("ED25519", 15), ("ED448", 16), ("INDIRECT", 252),
        ("PRIVATEDNS", 253), ("PRIVATEOID", 254));

    /// <summary>Sorts of certificates (RFC 4398 section 2.1).</summary>
    public static FrozenDictionary<string, ulong> CertificateTypes { get; } = Of(
        ("PKIX", 1), ("SPKI", 2), ("PGP", 3), ("IPKIX", 4), ("ISPKI", 5), ("IPGP", 6), ("ACPKIX", 7), ("IACPKIX", 8),
        ("URI", 253), ("OID", 254));

    private static FrozenDictionary<string, ulong> Of(params (string Word, ulong Number)[] words) =>
        words.ToFrozenDictionary(w => w.Word, w => w.Number, StringComparer.OrdinalIgnoreCase);
}
