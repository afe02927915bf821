namespace Meridian.Geography;

/// <summary>What one file knows: places, or autonomous systems, or both.</summary>
/// <param name="Description">What it is, for the log: <c>GeoLite2-City, 4,012,345 networks, built
/// 2026-11-03</c>.</param>
/// <param name="Places">Address → index into <paramref name="PlaceList"/>.</param>
/// <param name="PlaceList">The distinct places.</param>
/// <param name="Systems">Address → AS number, as a signed 32-bit pattern.</param>
public sealed record GeoLayer(string Description, AddressMap Places, IReadOnlyList<Place> PlaceList,
    AddressMap Systems);
