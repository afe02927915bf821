using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Meridian.Dns.Zones;

/// <summary>
/// A pattern of a <c>$GENERATE</c>, as BIND's reference manual defines it: <c>$</c> is the number,
/// <c>${offset,width,base}</c> the number in another form, and <c>$$</c> or <c>\$</c> a dollar sign.
/// </summary>
internal static class GeneratedText
{
    // BIND has room for as many digits.
    private const int MaxWidth = 127;

    /// <summary>The pattern with a number put in.</summary>
    public static bool TryExpand(string pattern, int number, [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? error)
    {
        (text, error) = (null, null);
        var result = new StringBuilder(pattern.Length + 8);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                result.Append(pattern, i++, 2); // resolved by whoever reads the name or the data
            }
            else if (pattern[i] != '$')
            {
                result.Append(pattern[i]);
            }
            else if (pattern.AsSpan(i + 1) is ['$', ..])
            {
                result.Append(pattern[i++]);
            }
            else if (pattern.AsSpan(i + 1) is not ['{', ..])
            {
                result.Append(CultureInfo.InvariantCulture, $"{number}");
            }
            else
            {
                var end = pattern.IndexOf('}', i);
                if (end < 0 || !TryFormat(pattern[(i + 2)..end], number, result))
                {
                    error = $"`{pattern[i..(end < 0 ? pattern.Length : end + 1)]}` is not of the form "
                        + $"${{offset,width,base}}, with a width up to {MaxWidth} and a base of d, o, x, X, n or N";
                    return false;
                }

                i = end;
            }
        }

        text = result.ToString();
        return true;
    }

    private static bool TryFormat(string form, int number, StringBuilder result)
    {
        var parts = form.Split(',');
        var width = 0;
        if (parts.Length > 3
            || !int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset)
            || (parts.Length > 1
                && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out width))
            || width > MaxWidth || (long)number + offset is < int.MinValue or > int.MaxValue)
            return false;
        var value = number + offset;
        string? digits = (parts.Length > 2 ? parts[2] : "d") switch
        {
            "d" => value < 0 ? "-" + Digits($"{-(long)value}", width - 1) : Digits($"{value}", width),
            "o" => Digits(Convert.ToString(value, 8), width),
            "x" => Digits($"{value:x}", width),
            "X" => Digits($"{value:X}", width),
            "n" => Nibbles($"{value:x}", width),
            "N" => Nibbles($"{value:X}", width),
            _ => null,
        };
        result.Append(digits);
        return digits is not null;
    }

    private static string Digits(FormattableString number, int width) =>
        Digits(FormattableString.Invariant(number), width);

    private static string Digits(string number, int width) => number.PadLeft(Math.Max(width, 0), '0');

    // The last digit first, with dots between, as in ip6.arpa. The width counts the dots, so that an even one ends
    // with a dot.
    private static string Nibbles(FormattableString number, int width)
    {
        var digits = FormattableString.Invariant(number);
        digits = digits.PadLeft(Math.Max(digits.Length, (width + 1) / 2), '0');
        return string.Join('.', digits.Reverse()) + (width > (2 * digits.Length) - 1 ? "." : "");
    }
}
