using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Geography;

/// <summary>
/// The text tables of Debian's package tor-geoipdb (<c>/usr/share/tor/geoip</c> and <c>geoip6</c>): a range and a
/// country code a line, the ends as numbers for IPv4 and as addresses for IPv6.
/// </summary>
internal static class TorGeoipFile
{
    public static GeoLayer Read(string name, string text)
    {
        var places = new PlaceTable();
        var v4 = new List<NestedRange<uint>>();
        var v6 = new List<NestedRange<UInt128>>();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.IsEmpty || line[0] == '#')
                continue;
            var first = line.IndexOf(',');
            var last = line.LastIndexOf(',');
            if (first <= 0 || last <= first)
                throw new InvalidDataException($"{name}:{number}: wanted START,END,COUNTRY");
            var country = line[(last + 1)..].ToString();
            if (Countries.PlaceOf(country) is not { } place)
                continue;
            var value = places.NumberOf(place);
            var from = line[..first];
            var to = line[(first + 1)..last];
            if (uint.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                && uint.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && start <= end)
                v4.Add(new NestedRange<uint>(start, end, value));
            else if (TryV6(from, out var low) && TryV6(to, out var high) && low <= high)
                v6.Add(new NestedRange<UInt128>(low, high, value));
            else
                throw new InvalidDataException($"{name}:{number}: `{from}` to `{to}` is not a range of addresses");
        }

        return new GeoLayer($"{Path.GetFileName(name)}: {v4.Count + v6.Count} ranges, by country",
            AddressMap.FromRanges(v4, v6), places.Places, AddressMap.Empty);
    }

    private static bool TryV6(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        if (!IpText.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        address = BinaryPrimitives.ReadUInt128BigEndian(parsed.GetAddressBytes());
        return true;
    }
}
