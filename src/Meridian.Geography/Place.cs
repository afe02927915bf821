namespace Meridian.Geography;

/// <summary>Where an address is, as well as a database knows.</summary>
/// <param name="Point">Coordinates; those of the country where nothing better is known.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code.</param>
/// <param name="Continent">AF, AN, AS, EU, NA, OC or SA.</param>
/// <param name="City">Name of the city, for people.</param>
public sealed record Place(GeoPoint? Point, string? Country, string? Continent, string? City)
{
    public override string ToString() => string.Join(", ",
        new[] { City, Country is null ? null : Countries.NameOf(Country), Continent }.Where(s => s is not null));
}
