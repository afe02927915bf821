using System.Collections.Frozen;
using System.Globalization;

namespace Meridian.Geography;

/// <summary>
/// Countries with their continent and centroid: where a client is put when only its country is known.
/// </summary>
public static class Countries
{
    private static readonly FrozenDictionary<string, Country> All = Load();

    /// <summary>The place that stands for a whole country; null for a code that is not one.</summary>
    public static Place? PlaceOf(string code) => All.TryGetValue(code, out var country)
        ? new Place(country.Centroid, code, country.Continent, null)
        : null;

    /// <summary>Its name, or the code itself.</summary>
    public static string NameOf(string code) => All.TryGetValue(code, out var country) ? country.Name : code;

    public static string? ContinentOf(string code) => All.TryGetValue(code, out var country) ? country.Continent : null;

    public static int Count => All.Count;

    private static FrozenDictionary<string, Country> Load()
    {
        using var stream = typeof(Countries).Assembly.GetManifestResourceStream("countries.csv")!;
        using var reader = new StreamReader(stream);
        var countries = new Dictionary<string, Country>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            countries.Add(cells[0], new Country(
                cells[1],
                new GeoPoint(double.Parse(cells[2], CultureInfo.InvariantCulture),
                    double.Parse(cells[3], CultureInfo.InvariantCulture)),
                cells[4]));
        }

        return countries.ToFrozenDictionary();
    }

    private sealed record Country(string Continent, GeoPoint Centroid, string Name);
}
