using System.Globalization;
using System.Net;
using Meridian.Addresses;

namespace Meridian.Geography;

/// <summary>
/// A hand-made table for private networks and tests: <c>network,country,latitude,longitude,asn,city</c> a line, what
/// is not known left empty. The longest prefix wins.
/// </summary>
internal static class SourceTableFile
{
    public static GeoLayer Read(string name, string text)
    {
        var places = new PlaceTable();
        var placed = new List<(IPNetwork, int)>();
        var systems = new List<(IPNetwork, int)>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#' || line.StartsWith("network", StringComparison.OrdinalIgnoreCase))
                continue;
            var cells = line.Split(',').Select(c => c.Trim()).ToArray();
            if (!NetworkText.TryParse(cells[0], out var network, out var error))
                throw new InvalidDataException($"{name}:{number}: {error}");
            if (PlaceOf(cells, $"{name}:{number}") is { } place)
                placed.Add((network, places.NumberOf(place)));
            if (Cell(cells, 4) is not { } asn)
                continue;
            if (!uint.TryParse(asn, NumberStyles.None, CultureInfo.InvariantCulture, out var system))
                throw new InvalidDataException($"{name}:{number}: `{asn}` is not an AS number");
            systems.Add((network, (int)system));
        }

        return new GeoLayer($"{Path.GetFileName(name)}: {placed.Count} networks",
            AddressMap.FromNetworks(placed), places.Places, AddressMap.FromNetworks(systems));
    }

    private static Place? PlaceOf(string[] cells, string where)
    {
        var country = Cell(cells, 1)?.ToUpperInvariant();
        var known = country is null ? null : Countries.PlaceOf(country);
        if (country is not null && known is null)
            throw new InvalidDataException($"{where}: `{country}` is not a country code");
        GeoPoint? point = (Cell(cells, 2), Cell(cells, 3)) switch
        {
            ({ } latitude, { } longitude) => new GeoPoint(Degrees(latitude, 90, where), Degrees(longitude, 180, where)),
            (null, null) => known?.Point,
            _ => throw new InvalidDataException($"{where}: latitude and longitude go together"),
        };
        return point is null ? null : new Place(point, country, known?.Continent, Cell(cells, 5));
    }

    private static double Degrees(string text, double max, string where) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees)
        && Math.Abs(degrees) <= max
            ? degrees
            : throw new InvalidDataException($"{where}: `{text}` is not between -{max} and {max}");

    private static string? Cell(string[] cells, int index) =>
        index < cells.Length && cells[index].Length > 0 ? cells[index] : null;
}
