using System.Globalization;
using System.Net;
using MaxMind.Db;

namespace Meridian.Geography;

/// <summary>
/// MaxMind DB files: city, country and ASN databases of GeoIP2, GeoLite2, DB-IP and others that use the same field
/// names. Read once, at load; the library is too slow to ask per query.
/// </summary>
internal static class MmdbFile
{
    public static GeoLayer Read(string name, byte[] content)
    {
        try
        {
            using var stream = new MemoryStream(content);
            using var reader = new Reader(stream);
            var places = new PlaceTable();
            var placed = new List<(IPNetwork, int)>();
            var systems = new List<(IPNetwork, int)>();
            foreach (var node in reader.FindAll<Dictionary<string, object>>())
            {
                var network = NetworkOf(node.Start, node.PrefixLength);
                if (PlaceOf(node.Data) is { } place)
                    placed.Add((network, places.NumberOf(place)));
                if (Number(node.Data, "autonomous_system_number") is { } asn)
                    systems.Add((network, (int)(uint)asn));
            }

            var built = reader.Metadata.BuildDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return new GeoLayer(
                $"{Path.GetFileName(name)}: {reader.Metadata.DatabaseType}, {placed.Count + systems.Count} networks, " +
                $"built {built}",
                AddressMap.FromNetworks(placed), places.Places, AddressMap.FromNetworks(systems));
        }
        catch (Exception e) when (e is InvalidDatabaseException or DeserializationException or IOException
            or FormatException
            or InvalidCastException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{name}: not a readable MaxMind DB file: {e.Message}", e);
        }
    }

    // IPv4 lives under ::/96 of an IPv6 tree.
    private static IPNetwork NetworkOf(IPAddress start, int prefix)
    {
        var bytes = start.GetAddressBytes();
        if (bytes.Length == 16 && prefix >= 96 && bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0)
            return new IPNetwork(new IPAddress(bytes.AsSpan(12)), prefix - 96);
        return new IPNetwork(start, prefix);
    }

    private static Place? PlaceOf(Dictionary<string, object> data)
    {
        var country = Text(Map(data, "country"), "iso_code") ?? Text(Map(data, "registered_country"), "iso_code");
        var known = country is null ? null : Countries.PlaceOf(country);
        var continent = Text(Map(data, "continent"), "code") ?? known?.Continent;
        var location = Map(data, "location");
        GeoPoint? point = Number(location, "latitude") is { } latitude && Number(location, "longitude") is { } longitude
            ? new GeoPoint(latitude, longitude)
            : known?.Point;
        if (point is null && country is null && continent is null)
            return null;
        return new Place(point, country, continent, Text(Map(Map(data, "city"), "names"), "en"));
    }

    private static Dictionary<string, object>? Map(Dictionary<string, object>? data, string key) =>
        data is not null && data.TryGetValue(key, out var value) ? value as Dictionary<string, object> : null;

    private static string? Text(Dictionary<string, object>? data, string key) =>
        data is not null && data.TryGetValue(key, out var value) ? value as string : null;

    private static double? Number(Dictionary<string, object>? data, string key) =>
        data is not null && data.TryGetValue(key, out var value)
        && value is double or float or int or uint or long or ulong or ushort
            ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
            : null;
}
