using System.Collections.Immutable;
using Meridian.Geography;

namespace Meridian.Steering.Ordering;

/// <summary>
/// The address of a client → the order in which it prefers the pools of an endpoint, or the addresses of a pool.
/// Clients with the same order share a range, so that the scope of an answer is as wide as it can truthfully be.
/// </summary>
public sealed class OrderMap
{
    internal OrderMap(AddressMap map, ImmutableArray<ImmutableArray<int>> orders)
    {
        Map = map;
        Orders = orders;
    }

    /// <summary>Address → index into <see cref="Orders"/>.</summary>
    public AddressMap Map { get; }

    /// <summary>Every order that some client has: indices, best first; each order has all of them.</summary>
    public ImmutableArray<ImmutableArray<int>> Orders { get; }

    /// <summary>Where the things are that it orders by distance, as text; null where distance does not count.</summary>
    internal string? Points { get; init; }

    /// <summary>The order of a client, and the widest prefix of its address for which it is the same.</summary>
    internal ImmutableArray<int> OrderOf(scoped in Plans.ClientView client, out byte scope) =>
        Orders[Map.Find(client.Address, out scope)];

    /// <summary>The first of each order that <paramref name="may"/> allows.</summary>
    internal int[] Firsts(Func<int, bool> may) => [.. Orders.Select(order => order.First(may))];
}
