using System.Diagnostics.CodeAnalysis;
using Meridian.Addresses;

namespace Meridian.Model.Values;

/// <summary>
/// Host names in their one canonical form: ASCII, lower case, no closing dot, at most 253 characters, labels of 1 to 63
/// (RFC 1035 section 2.3.4). Underscores are allowed, since service names use them.
/// </summary>
public static class HostName
{
    /// <summary>Reads a name; <paramref name="error"/> says what is wrong with one that is refused.</summary>
    public static bool TryNormalize(
        string text, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out string? error,
        bool wildcard = false)
    {
        name = null;
        var candidate = text.EndsWith('.') ? text[..^1] : text;
        error = Fault(candidate, wildcard);
        if (error is not null)
            return false;
        name = candidate.ToLowerInvariant();
        return true;
    }

    private static string? Fault(string text, bool wildcard)
    {
        if (text.Length == 0)
            return "a host name is wanted, and this is empty";
        if (text.Length > 253)
            return $"the name is {text.Length} characters long, and 253 is the most";
        var labels = text.Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            var label = labels[i];
            if (label.Length == 0)
                return "the name has an empty label (two dots in a row, or one at the start)";
            if (label.Length > 63)
                return $"label `{label[..16]}…` is {label.Length} characters long, and 63 is the most";
            if (label == "*" && i == 0 && wildcard && labels.Length > 1)
                continue;
            if (label.Contains('*', StringComparison.Ordinal))
                return wildcard ? "`*` may only be the whole first label" : "`*` is not allowed here";
            if (label.Any(c => c > 127))
                return $"label `{label}` is not ASCII: write it in its `xn--` form";
            if (!label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return $"label `{label}` has a character that is not a letter, digit, `-` or `_`";
            if (label[0] == '-' || label[^1] == '-')
                return $"label `{label}` starts or ends with `-`";
        }

        return IpText.IsMeant(text) ? $"the last label `{labels[^1]}` is a number, as in an IP address" : null;
    }
}
