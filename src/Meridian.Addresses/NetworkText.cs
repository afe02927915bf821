using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Addresses;

/// <summary>
/// Networks in the form <c>ADDRESS/PREFIX</c> (RFC 4632 section 3.1, RFC 4291 section 2.3). The framework also takes
/// <c>10/8</c> (0.0.0.0/8) and drops the bits beyond the prefix; both are refused.
/// </summary>
public static class NetworkText
{
    public static bool TryParse(ReadOnlySpan<char> text, out IPNetwork network) =>
        TryRead(text, out network, out var given) && network.BaseAddress.Equals(given);

    /// <summary>Reads a network; <paramref name="error"/> says what is wrong with a text that is refused.</summary>
    public static bool TryParse(string text, out IPNetwork network, [NotNullWhen(false)] out string? error)
    {
        error = !TryRead(text, out network, out var given) ? $"`{text}` is not a network such as 198.51.100.0/24"
            : !network.BaseAddress.Equals(given)
                ? $"`{text}` has bits set beyond the prefix length; write {network}"
            : null;
        return error is null;
    }

    /// <summary>Reads the network around an address: <c>198.51.100.7/24</c> is 198.51.100.0/24.</summary>
    public static bool TryParseAround(string text, out IPNetwork network) => TryRead(text, out network, out _);

    /// <summary>Reads what is known to be a network.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong with it.</exception>
    public static IPNetwork Parse(string text) =>
        TryParse(text, out var network, out var error) ? network : throw new FormatException(error);

    private static bool TryRead(
        ReadOnlySpan<char> text, out IPNetwork network, [NotNullWhen(true)] out IPAddress? given)
    {
        network = default;
        given = null;
        if (text.LastIndexOf('/') is not (>= 0 and var slash) || !IpText.TryParse(text[..slash], out given))
            return false;
        var prefix = text[(slash + 1)..];
        var longest = given.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (!int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > longest || (prefix.Length > 1 && prefix[0] == '0'))
            return false;
        network = new IPNetwork(Masked(given, length), length);
        return true;
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var octets = address.GetAddressBytes();
        for (var i = 0; i < octets.Length; i++)
            octets[i] &= (byte)(0xFF00 >> Math.Clamp(length - (i * 8), 0, 8));
        return new IPAddress(octets);
    }
}
