using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Meridian.Model.Values;

/// <summary>
/// Names of zones and of records in them. Unlike a host name, such a name may hold any octet (RFC 2181 section 11), as
/// in <c>0/25.2.0.192.in-addr.arpa</c> (RFC 2317). The one canonical form: lower case, no closing dot, escapes as in
/// master files and only where they are needed; the root is empty.
/// </summary>
public static class DomainName
{
    private const int MaxOctets = 255;
    private const int MaxLabel = 63;

    /// <summary>Reads a name; <paramref name="error"/> says what is wrong with one that is refused.</summary>
    /// <param name="text">The name, with <c>\.</c> and <c>\DDD</c> escapes (RFC 1035 section 5.1).</param>
    /// <param name="origin">
    /// A name in canonical form that completes one without a closing dot, and that <c>@</c> stands for; null where
    /// every name is whole.
    /// </param>
    /// <param name="name">The name in canonical form.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryNormalize(
        string text, string? origin, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error)
    {
        name = text == "@" ? origin : text == "." ? "" : null;
        error = null;
        if (name is not null)
            return true;
        error = Read(text, out var canonical, out var isWhole);
        if (error is not null)
            return false;
        name = isWhole || string.IsNullOrEmpty(origin) ? canonical : $"{canonical}.{origin}";
        var octets = OctetsOf(name);
        error = octets > MaxOctets ? $"the name has {octets} octets, and {MaxOctets} are the most" : null;
        return error is null;
    }

    /// <summary>
    /// Whether <paramref name="name"/> is <paramref name="zone"/> or below it. Both in canonical form.
    /// </summary>
    public static bool IsAtOrBelow(string name, string zone)
    {
        if (zone.Length == 0 || name == zone)
            return true;
        var dot = name.Length - zone.Length - 1;
        return dot > 0 && name[dot] == '.' && !IsEscaped(name, dot) && name.EndsWith(zone, StringComparison.Ordinal);
    }

    /// <summary>The name without its first label, in canonical form; null for the root.</summary>
    public static string? ParentOf(string name)
    {
        if (name.Length == 0)
            return null;
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0;
            dot = name.IndexOf('.', dot + 1))
        {
            if (!IsEscaped(name, dot))
                return name[(dot + 1)..];
        }

        return "";
    }

    private static string? Read(string text, out string canonical, out bool isWhole)
    {
        var name = new StringBuilder(text.Length);
        var label = 0;
        canonical = "";
        isWhole = false;
        if (text.Length == 0)
            return "a name is wanted, and this is empty";
        for (var i = 0; i < text.Length; i++)
        {
            isWhole = false;
            if (text[i] == '.')
            {
                if (label == 0)
                    return "the name has an empty label (two dots in a row, or one at the start)";
                label = 0;
                isWhole = true;
                name.Append('.');
                continue;
            }

            if (text[i] is <= ' ' or > '~' or '"' or ';' or '(' or ')')
                return text[i] > '~' ? "the name is not ASCII: write it in its `xn--` form"
                    : $"the name has a {(text[i] <= ' ' ? "blank" : $"`{text[i]}`")}; in a name it is written as " +
                        $"`\\{(int)text[i]:D3}`";
            if (!TryReadOctet(text, ref i, out var octet))
                return "the name has a wrong escape: a backslash stands before a character, or before three digits " +
                    "up to 255";
            if (++label > MaxLabel)
                return $"the name has a label of more than {MaxLabel} octets";
            Append(name, octet);
        }

        canonical = isWhole ? name.ToString(0, name.Length - 1) : name.ToString();
        return null;
    }

    private static bool TryReadOctet(string text, ref int i, out byte octet)
    {
        octet = (byte)text[i];
        if (text[i] != '\\')
            return true;
        if (++i >= text.Length)
            return false;
        octet = (byte)text[i];
        if (!char.IsAsciiDigit(text[i]))
            return text[i] is >= ' ' and <= '~';
        if (i + 3 > text.Length
            || !byte.TryParse(text.AsSpan(i, 3), NumberStyles.None, CultureInfo.InvariantCulture, out octet))
            return false;
        i += 2;
        return true;
    }

    private static void Append(StringBuilder name, byte octet)
    {
        var c = char.ToLowerInvariant((char)octet);
        if (octet is <= (byte)' ' or > (byte)'~')
            name.Append(CultureInfo.InvariantCulture, $"\\{octet:D3}");
        else if (c is '.' or '\\' or '"' or ';' or '(' or ')' or '@' or '$')
            name.Append('\\').Append(c);
        else
            name.Append(c);
    }

    private static bool IsEscaped(string name, int at)
    {
        var backslashes = 0;
        while (at > backslashes && name[at - 1 - backslashes] == '\\')
            backslashes++;
        return backslashes % 2 == 1;
    }

    // Each label has a length octet, and the root has one more; an escape stands for one octet.
    private static int OctetsOf(string name)
    {
        var octets = name.Length == 0 ? 1 : 2;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\')
                i += char.IsAsciiDigit(name[i + 1]) ? 3 : 1;
            octets++;
        }

        return octets;
    }
}
