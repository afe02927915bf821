using System.Globalization;
using System.Text.RegularExpressions;

namespace Meridian.Dns.Wire;

/// <summary>Mnemonics of record types, with <c>TYPE65280</c> for those that have none (RFC 3597 section 5).</summary>
public static partial class RecordTypes
{
    public static bool TryParse(string text, out RecordType type)
    {
        if (Generic().Match(text) is { Success: true } match
            && ushort.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            type = (RecordType)number;
            return true;
        }

        return Enum.TryParse(text, ignoreCase: true, out type) && type != RecordType.None
            && !char.IsAsciiDigit(text[0]);
    }

    public static string Name(RecordType type) => Enum.IsDefined(type) ? type.ToString() : $"TYPE{(ushort)type}";

    /// <summary>
    /// Types that ask for something and cannot be stored: OPT, TSIG and the range 128–255 (RFC 6895 section 3.1).
    /// </summary>
    public static bool IsMeta(RecordType type) => type == RecordType.OPT || (ushort)type is 0 or >= 128 and <= 255;

    [GeneratedRegex("^TYPE([0-9]{1,5})$", RegexOptions.IgnoreCase)]
    private static partial Regex Generic();
}
