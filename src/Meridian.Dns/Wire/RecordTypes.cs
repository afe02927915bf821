using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Meridian.Dns.Wire;

/// <summary>Mnemonics of record types, with <c>TYPE65280</c> for those that have none (RFC 3597 section 5).</summary>
public static partial class RecordTypes
{
    private static readonly FrozenDictionary<string, RecordType> ByName = Enum.GetValues<RecordType>()
        .Where(t => t != RecordType.None)
        .ToFrozenDictionary(t => t.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>The mnemonics of the types that can be stored.</summary>
    public static IEnumerable<string> Names => ByName.Where(t => !IsMeta(t.Value)).Select(t => t.Key);

    public static bool TryParse(string text, out RecordType type)
    {
        if (Generic().Match(text) is { Success: true } match
            && ushort.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            type = (RecordType)number;
            return true;
        }

        return ByName.TryGetValue(text, out type);
    }

    public static string Name(RecordType type) => Enum.IsDefined(type) ? type.ToString() : $"TYPE{(ushort)type}";

    /// <summary>
    /// Types that ask for something and cannot be stored: OPT, TSIG and the range 128–255 (RFC 6895 section 3.1).
    /// </summary>
    public static bool IsMeta(RecordType type) => type == RecordType.OPT || (ushort)type is 0 or >= 128 and <= 255;

    /// <summary>Types that a signer makes of the other records: signatures and the proofs that a name is not.</summary>
    public static bool IsSignature(RecordType type) => type is RecordType.RRSIG or RecordType.NSEC or RecordType.NSEC3;

    /// <summary>
    /// Types that hold only together with the signatures that they came with: <see cref="IsSignature"/>, the keys, what
    /// tells the parent of them, and the digest of the whole zone.
    /// </summary>
    public static bool IsOfSigning(RecordType type) => IsSignature(type)
        || type is RecordType.NSEC3PARAM or RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY
            or RecordType.ZONEMD;

    [GeneratedRegex("^TYPE([0-9]{1,5})$", RegexOptions.IgnoreCase)]
    private static partial Regex Generic();
}
