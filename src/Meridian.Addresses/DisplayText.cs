using System.Buffers;
using System.Globalization;
using System.Text;

namespace Meridian.Addresses;

/// <summary>
/// Makes the text of others fit to be shown: in a log or a terminal it can neither begin a line of its own, nor move
/// the cursor, nor turn the order of what is read.
/// </summary>
public static class DisplayText
{
    // U+200E and the like turn the direction of text (Unicode annex 9); U+2028 and U+2029 end lines.
    private const string Marks = "\u061C\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

    private static readonly SearchValues<char> Unfit = SearchValues.Create(string.Concat(
        Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(char.IsControl)) + Marks);

    /// <summary>
    /// The text with control characters escaped: <c>\n</c>, <c>\u001b</c>. What is escaped already stays as it is.
    /// </summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(Unfit) < 0)
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when Unfit.Contains(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>The text escaped, and cut where it has more than <paramref name="most"/> characters.</summary>
    public static string Bound(string text, int most)
    {
        // What is longer when it is escaped is cut all the same; cutting first bounds the work.
        var escaped = Escape(text.Length > most ? text[..(most + 1)] : text);
        if (escaped.Length <= most)
            return escaped;
        var end = char.IsHighSurrogate(escaped[most - 2]) ? most - 2 : most - 1;
        return $"{escaped[..end]}…";
    }
}
