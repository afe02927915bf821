using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Addresses;

/// <summary>
/// IP addresses in the one form that people mean. The framework also takes <c>10.1</c> (10.0.0.1), <c>010.0.0.1</c>
/// (8.0.0.1), <c>1</c> (0.0.0.1), brackets with a port that it drops, and zone indices; all of those are refused.
/// </summary>
public static class IpText
{
    private static readonly SearchValues<char> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>
    /// Reads an IPv4 address of four decimal numbers without leading zeros (RFC 6943 section 3.1.1, strict form), or an
    /// IPv6 address (RFC 4291 section 2.2), whose last 32 bits may be written like IPv4.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return (IsV4(text) || IsV6(text)) && IPAddress.TryParse(text, out address);
    }

    /// <summary>Reads an address; <paramref name="error"/> says what is wrong with a text that is refused.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        error = TryParse(text, out address) ? null : Fault(text);
        return error is null;
    }

    /// <summary>Reads what is known to be an address.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong with it.</exception>
    public static IPAddress Parse(string text) =>
        TryParse(text, out var address, out var error) ? address : throw new FormatException(error);

    /// <summary>
    /// Whether a text can only be meant as an IP address: it holds a colon, or its last label is a number (also a
    /// hexadecimal one), which no host name's is (RFC 1123 section 2.1).
    /// </summary>
    public static bool IsMeant(ReadOnlySpan<char> text)
    {
        if (text.Contains(':'))
            return true;
        text = text.TrimEnd('.');
        var last = text[(text.LastIndexOf('.') + 1)..];
        return last is ['0', 'x' or 'X', .. var digits]
            ? digits.IndexOfAnyExcept(V6Characters) < 0
            : !last.IsEmpty && !last.ContainsAnyExceptInRange('0', '9');
    }

    private static bool IsV4(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            if (++parts > 4 || !IsOctet(text[range]))
                return false;
        }

        return parts == 4;
    }

    private static bool IsOctet(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 3 && !text.ContainsAnyExceptInRange('0', '9')
        && (text.Length == 1 || text[0] != '0') && (text.Length < 3 || text.SequenceCompareTo("255") <= 0);

    private static bool IsV6(ReadOnlySpan<char> text) =>
        text.LastIndexOf(':') is >= 0 and var colon && !text.ContainsAnyExcept(V6Characters)
        && (!text.Contains('.') || IsV4(text[(colon + 1)..]));

    private static string Fault(string text) =>
        !IPAddress.TryParse(text, out var read) ? $"`{text}` is not an IP address"
        : read.AddressFamily == AddressFamily.InterNetwork
            ? $"`{text}`: write an IPv4 address as four decimal numbers without leading zeros"
        : $"`{text}`: write an IPv6 address without brackets, port and zone";
}
