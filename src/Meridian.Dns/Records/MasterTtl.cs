using System.Globalization;

namespace Meridian.Dns.Records;

/// <summary>Times in master files: seconds in 32 bits, or BIND's units as in <c>1w2d3h4m5s</c>.</summary>
public static class MasterTtl
{
    /// <summary>The largest time to live, 2^31 − 1 (RFC 2181 section 8).</summary>
    public const uint Max = int.MaxValue;

    /// <summary>The time to live that a larger number stands for is 0 (RFC 2181 section 8).</summary>
    public static uint Bound(uint seconds) => seconds > Max ? 0 : seconds;

    public static bool TryParse(string text, out uint seconds)
    {
        seconds = 0;
        if (text.Length is 0 or > 20 || !char.IsAsciiDigit(text[0]))
            return false;
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
            return true;
        ulong total = 0, number = 0;
        var digits = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = (number * 10) + (ulong)(c - '0');
                if (++digits > 10)
                    return false;
                continue;
            }

            ulong unit = char.ToLowerInvariant(c) switch
            {
                'w' => 604800,
                'd' => 86400,
                'h' => 3600,
                'm' => 60,
                's' => 1,
                _ => 0,
            };
            if (unit == 0 || digits == 0)
                return false;
            total += number * unit;
            number = 0;
            digits = 0;
        }

        seconds = (uint)Math.Min(total, uint.MaxValue);
        return digits == 0 && total <= uint.MaxValue;
    }
}
