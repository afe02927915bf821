using System.Collections.Immutable;

namespace Meridian.Geography;

/// <summary>
/// For a fixed list of points: address → the points in the order of distance. Clients with the same order share a
/// range, so that the scope of an answer is as wide as it can truthfully be.
/// </summary>
public sealed class NearnessMap
{
    private readonly AddressMap _map;
    private readonly ImmutableArray<ImmutableArray<int>> _orders;

    private NearnessMap(AddressMap map, ImmutableArray<ImmutableArray<int>> orders)
    {
        _map = map;
        _orders = orders;
    }

    /// <summary>
    /// Points that are not known come last; ties and clients of unknown place keep the order of the list.
    /// </summary>
    public static NearnessMap Compile(GeoDatabase geo, IReadOnlyList<GeoPoint?> points)
    {
        var numbers = new Dictionary<string, int>();
        var orders = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var byPlace = new int[geo.PlaceList.Length];
        var unknown = NumberOf([.. Enumerable.Range(0, points.Count)]);
        for (var i = 0; i < byPlace.Length; i++)
        {
            byPlace[i] = geo.PlaceList[i].Point is { } client
                ? NumberOf([.. Enumerable.Range(0, points.Count)
                    .OrderBy(p => points[p]?.DistanceTo(client) ?? double.MaxValue).ThenBy(p => p)])
                : unknown;
        }

        return new NearnessMap(geo.Places.Select(place => place < 0 ? unknown : byPlace[place]), orders.ToImmutable());

        int NumberOf(ImmutableArray<int> order)
        {
            var key = string.Join(',', order);
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers[key] = number = orders.Count;
                orders.Add(order);
            }

            return number;
        }
    }

    /// <summary>Every order that some client has: indices into the list of points, nearest first.</summary>
    public ImmutableArray<ImmutableArray<int>> Orders => _orders;

    /// <summary>Address → index into <see cref="Orders"/>.</summary>
    public AddressMap Map => _map;

    /// <summary>Which of <see cref="Orders"/> a client has.</summary>
    public int Find(ReadOnlySpan<byte> client, out byte scopeBits) => _map.Find(client, out scopeBits);
}
