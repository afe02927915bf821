using Meridian.Geography;

namespace Meridian.Steering.Plans;

/// <summary>
/// Selects one of several pools, or one of the addresses of a pool, for a client. Every policy compiles itself into a
/// selector when a plan is made, and this is what runs for each query: it allocates nothing and calls no policy.
/// </summary>
internal readonly struct Selector
{
    private readonly Way _way;

    // The item, or how many there are.
    private readonly int _number;
    private readonly AliasTable _byWeight;
    private readonly Rendezvous _byHash;
    private readonly AddressMap? _orderOf;
    private readonly int[]? _firstOfOrder;

    private Selector(Way way, int number, AliasTable byWeight = default, Rendezvous byHash = default,
        AddressMap? orderOf = null, int[]? firstOfOrder = null)
    {
        _way = way;
        _number = number;
        _byWeight = byWeight;
        _byHash = byHash;
        _orderOf = orderOf;
        _firstOfOrder = firstOfOrder;
    }

    private enum Way : byte
    {
        Fixed,
        Evenly,
        ByWeight,
        ByHash,
        ByPlace,
    }

    /// <summary>
    /// From how many items one is selected evenly, beginning with item 0; 0 where the client or weights count.
    /// </summary>
    public int Turns => _way switch
    {
        Way.Fixed => _number == 0 ? 1 : 0,
        Way.Evenly => _number,
        Way.ByWeight => 0,
        Way.ByHash => 0,
        Way.ByPlace => 0,
    };

    /// <summary>Always the same item.</summary>
    public static Selector Fixed(int item) => new(Way.Fixed, item);

    /// <summary>One of the items from 0 to <paramref name="count"/> − 1, each as often as the others.</summary>
    public static Selector Evenly(int count) => count <= 1 ? Fixed(0) : new(Way.Evenly, count);

    /// <summary>
    /// One of the items in proportion to the weights; those of weight 0, evenly, where there is nothing else.
    /// </summary>
    public static Selector ByWeight(IEnumerable<(int Item, double Weight)> items) =>
        AliasTable.Of(items) is var table && table.IsCertain(out var only)
            ? Fixed(only)
            : new(Way.ByWeight, 0, byWeight: table);

    /// <summary>The same item for the same client network, by weighted rendezvous hashing.</summary>
    public static Selector ByHash(IEnumerable<(int Item, ulong Seed, double Weight)> items) =>
        new(Way.ByHash, 0, byHash: Rendezvous.Of(items));

    /// <summary>By where the client is: the map gives its order, and each order has its first item.</summary>
    public static Selector ByPlace(AddressMap orderOf, int[] firstOfOrder) =>
        new(Way.ByPlace, 0, orderOf: orderOf, firstOfOrder: firstOfOrder);

    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="scope">Widened to the prefix of the client that was looked at.</param>
    public int Select(scoped in ClientView client, ulong draw, scoped ref byte scope) => _way switch
    {
        Way.Fixed => _number,
        Way.Evenly => Mixing.Below(draw, _number),
        Way.ByWeight => _byWeight.Draw(draw),
        Way.ByHash => SelectByHash(client, ref scope),
        Way.ByPlace => SelectByPlace(client, ref scope),
    };

    private int SelectByHash(scoped in ClientView client, scoped ref byte scope)
    {
        scope = Math.Max(scope, client.StickyBits);
        return _byHash.Select(new HashedScore(client.StickyHash()));
    }

    private int SelectByPlace(scoped in ClientView client, scoped ref byte scope)
    {
        var order = _orderOf!.Find(client.Address, out var bits);
        scope = Math.Max(scope, bits);
        return _firstOfOrder![order];
    }
}
