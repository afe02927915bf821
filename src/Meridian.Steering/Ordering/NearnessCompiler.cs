using System.Collections.Immutable;
using Meridian.Geography;

namespace Meridian.Steering.Ordering;

/// <summary>Compiles a list of points into the order of their distances from each client.</summary>
internal static class NearnessCompiler
{
    /// <summary>
    /// Points that are not known come last; ties and clients of unknown place keep the order of the list.
    /// </summary>
    public static OrderMap Compile(GeoDatabase geo, ImmutableArray<GeoPoint?> points)
    {
        var numbers = new Dictionary<string, int>();
        var orders = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var unknown = NumberOf([.. Enumerable.Range(0, points.Length)]);
        var byPlace = geo.PlaceList
            .Select(place => place.Point is { } client ? NumberOf(ByDistance(client)) : unknown).ToArray();
        return new OrderMap(geo.Places.Select(place => place < 0 ? unknown : byPlace[place]), orders.ToImmutable())
        {
            Points = TextOf(points),
        };

        ImmutableArray<int> ByDistance(GeoPoint client) =>
        [
            .. Enumerable.Range(0, points.Length)
                .OrderBy(p => points[p]?.DistanceTo(client) ?? double.MaxValue).ThenBy(p => p),
        ];

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

    /// <summary>What tells lists of points apart.</summary>
    public static string TextOf(ImmutableArray<GeoPoint?> points) => string.Join(';', points);
}
