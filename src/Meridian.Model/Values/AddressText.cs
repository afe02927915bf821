using System.Diagnostics.CodeAnalysis;
using System.Net;
using Meridian.Addresses;

namespace Meridian.Model.Values;

/// <summary>Addresses that something is reached at: IP addresses, and no IPv4 in the disguise of IPv6.</summary>
public static class AddressText
{
    /// <summary>Reads an address; <paramref name="error"/> says what is wrong with a text that is refused.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        if (IpText.TryParse(text, out address, out error) && address.IsIPv4MappedToIPv6)
        {
            error = $"`{text}`: write it as {address.MapToIPv4()}";
            address = null;
        }

        return error is null;
    }
}
