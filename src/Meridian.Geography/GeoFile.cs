using System.Text;

namespace Meridian.Geography;

/// <summary>Reads a geography file of any of the known forms, told apart by their content.</summary>
public static class GeoFile
{
    /// <exception cref="InvalidDataException">The file is in none of the forms, or is damaged.</exception>
    public static GeoLayer Read(string name, byte[] content)
    {
        var layer = ReadAny(name, content);

        // A file that was cut short knows nobody; that is no wish to know nobody any more.
        return layer.PlaceList.Count > 0 || layer.Systems.RangeCount > AddressMap.Empty.RangeCount ? layer
            : throw new InvalidDataException($"{name} holds no range of addresses");
    }

    private static GeoLayer ReadAny(string name, byte[] content)
    {
        if (content.AsSpan().LastIndexOf("MaxMind.com"u8) >= 0
            || name.EndsWith(".mmdb", StringComparison.OrdinalIgnoreCase))
            return MmdbFile.Read(name, content);
        var text = Encoding.UTF8.GetString(content);
        var first = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#') ?? "";
        if (first.Contains('/', StringComparison.Ordinal)
            || first.StartsWith("network", StringComparison.OrdinalIgnoreCase))
            return SourceTableFile.Read(name, text);
        return TorGeoipFile.Read(name, text);
    }
}
