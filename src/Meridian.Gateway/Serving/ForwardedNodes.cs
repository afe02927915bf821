using System.Net;
using Meridian.Addresses;

namespace Meridian.Gateway.Serving;

/// <summary>Reads what proxies say of those before them: <c>X-Forwarded-For</c> and <c>Forwarded</c>.</summary>
internal static class ForwardedNodes
{
    /// <summary>The members of a list, the first hop first; of <c>Forwarded</c> their <c>for</c>.</summary>
    /// <param name="list">The value.</param>
    /// <param name="pairs">Whether it is <c>Forwarded</c> (RFC 7239 section 4).</param>
    public static List<string> Of(string list, bool pairs)
    {
        var nodes = new List<string>();
        foreach (var member in Split(list, ','))
        {
            if (!pairs)
            {
                nodes.Add(member);
                continue;
            }

            var node = "";
            foreach (var pair in Split(member, ';'))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && pair[..equals].Trim().Equals("for", StringComparison.OrdinalIgnoreCase))
                    node = pair[(equals + 1)..].Trim().Trim('"');
            }

            nodes.Add(node);
        }

        return nodes;
    }

    /// <summary>
    /// Reads an address with or without a port (RFC 7239 section 6); null for a name that hides one, or for anything
    /// else.
    /// </summary>
    public static IPAddress? AddressOf(string node)
    {
        if (node is ['[', ..])
        {
            var end = node.IndexOf(']', StringComparison.Ordinal);
            return end > 0 && IsPortOrNothing(node.AsSpan(end + 1)) ? Parse(node[1..end]) : null;
        }

        var colon = node.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon == node.LastIndexOf(':')
            ? IsPortOrNothing(node.AsSpan(colon)) ? Parse(node[..colon]) : null
            : Parse(node);
    }

    // Servers that listen for both families see IPv4 clients as ::ffff:192.0.2.1.
    private static IPAddress? Parse(string text) => !IpText.TryParse(text, out var address) ? null
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsPortOrNothing(ReadOnlySpan<char> rest) =>
        rest.IsEmpty || (rest[0] == ':' && rest.Length is > 1 and <= 6
            && rest[1..].IndexOfAnyExceptInRange('0', '9') < 0);

    // Splits where no quotes are open.
    private static IEnumerable<string> Split(string text, char separator)
    {
        var (start, quoted) = (0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"')
                quoted = !quoted;
            if (i < text.Length && (quoted || text[i] != separator))
                continue;
            if (text[start..i].Trim() is { Length: > 0 } part)
                yield return part;
            start = i + 1;
        }
    }
}
