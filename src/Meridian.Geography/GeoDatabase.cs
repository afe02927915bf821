using System.Collections.Immutable;

namespace Meridian.Geography;

/// <summary>All that is known of where addresses are: the files that were loaded, laid one over the other.</summary>
public sealed class GeoDatabase
{
    private GeoDatabase(ImmutableArray<string> descriptions, AddressMap places, ImmutableArray<Place> placeList,
        AddressMap systems)
    {
        Descriptions = descriptions;
        Places = places;
        PlaceList = placeList;
        Systems = systems;
    }

    public static GeoDatabase None { get; } = new([], AddressMap.Empty, [], AddressMap.Empty);

    public bool IsEmpty => Descriptions.IsEmpty;

    /// <summary>One line a file.</summary>
    public ImmutableArray<string> Descriptions { get; }

    /// <summary>Address → index into <see cref="PlaceList"/>.</summary>
    public AddressMap Places { get; }

    public ImmutableArray<Place> PlaceList { get; }

    /// <summary>Address → AS number.</summary>
    public AddressMap Systems { get; }

    /// <summary>Where several layers know an address, the latest one wins.</summary>
    public static GeoDatabase Of(IReadOnlyCollection<GeoLayer> layers)
    {
        var result = None;
        foreach (var layer in layers)
        {
            var offset = result.PlaceList.Length;
            result = new GeoDatabase(
                result.Descriptions.Add(layer.Description),
                AddressMap.Combine(result.Places, layer.Places, (old, added) => added < 0 ? old : added + offset),
                [.. result.PlaceList, .. layer.PlaceList],
                AddressMap.Combine(result.Systems, layer.Systems,
                    (old, added) => added == AddressMap.Nothing ? old : added));
        }

        return result;
    }

    public Place? PlaceOf(ReadOnlySpan<byte> address) =>
        Places.Find(address) is >= 0 and var index ? PlaceList[index] : null;

    /// <summary>The AS number, if known.</summary>
    public uint? SystemOf(ReadOnlySpan<byte> address) =>
        Systems.Find(address) is var system and not AddressMap.Nothing ? (uint)system : null;
}
