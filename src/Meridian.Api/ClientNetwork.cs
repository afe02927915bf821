using System.Globalization;
using System.Net;

namespace Meridian.Api;

/// <summary>A client, or a network of clients.</summary>
/// <param name="Address">The address; of a network the first one.</param>
/// <param name="PrefixLength">Bits of the address that count; 32 or 128 for one client.</param>
internal readonly record struct ClientNetwork(IPAddress Address, int PrefixLength)
{
    /// <summary>
    /// Reads an address or a network. Unlike <see cref="IPNetwork"/> it takes any address of a network, because people
    /// paste a client's address and add a length.
    /// </summary>
    public static bool TryParse(string text, out ClientNetwork network)
    {
        network = default;
        var parts = text.Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address))
            return false;
        var octets = address.GetAddressBytes();
        var bits = octets.Length * 8;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out bits)
            || bits > octets.Length * 8))
            return false;
        network = new ClientNetwork(new IPAddress(Mask(octets, bits)), bits);
        return true;
    }

    private static byte[] Mask(byte[] octets, int bits)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            octets[i] = (byte)(octets[i] & (0xFF << (8 - kept)));
        }

        return octets;
    }
}
