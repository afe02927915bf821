using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Model.Values;

/// <summary>
/// IP addresses in the one form that people mean. The framework also takes <c>10.1</c> (10.0.0.1), <c>010.0.0.1</c>
/// (8.0.0.1), <c>1</c> (0.0.0.1), brackets and zone indices; those are refused.
/// </summary>
public static class AddressText
{
    /// <summary>
    /// Reads an IPv4 address of four decimal numbers, or an IPv6 address (RFC 4291 section 2.2) that is not an IPv4 one
    /// in disguise; <paramref name="error"/> says what is wrong with a text that is refused.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        error = IPAddress.TryParse(text, out var read) ? Fault(text, read) : $"`{text}` is not an IP address";
        if (error is not null)
            return false;
        address = read!;
        return true;
    }

    /// <summary>
    /// Whether a text can only be meant as an IP address: it holds a colon, or its last label is a number, which no
    /// host name's is (RFC 1123 section 2.1).
    /// </summary>
    public static bool IsMeant(string text)
    {
        var last = text.AsSpan(text.LastIndexOf('.') + 1);
        return text.Contains(':', StringComparison.Ordinal)
            || (!last.IsEmpty && last.IndexOfAnyExceptInRange('0', '9') < 0);
    }

    private static string? Fault(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text ? null
                : $"`{text}`: write an IPv4 address as four decimal numbers without leading zeros"
        : address.IsIPv4MappedToIPv6 ? $"`{text}`: write it as {address.MapToIPv4()}"
        : text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') ? null
        : $"`{text}`: write an IPv6 address without brackets and zone";
}
