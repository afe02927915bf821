using Meridian.Model.Resources;

namespace Meridian.Steering.Plans;

/// <summary>The choice itself. Called for every query: it allocates nothing.</summary>
public sealed partial class EndpointPlan
{
    /// <summary>Chooses addresses for a client.</summary>
    /// <param name="kind">What sort of address is asked for.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="now">The time, for ramps.</param>
    /// <param name="picks">Takes the choice, best first; its length bounds the number.</param>
    public Choice Choose(AddressKind kind, in ClientView client, ulong draw, DateTimeOffset now, Span<Pick> picks)
    {
        picks = picks[..Math.Min(picks.Length, Endpoint.MaxAnswers)];
        if (now.UtcTicks >= _calmFrom)
            return ChooseInPool(First(client, draw, out var widest), kind, client, Mixing.Mix(draw ^ 1), widest, picks);
        Span<int> order = stackalloc int[Pools.Length];
        Order(client, draw, now, order, out var scope);
        if (!AnyServes)
            return ChooseLastResort(kind, order, scope, picks);

        var serving = 0;
        foreach (var index in order)
        {
            if (Pools[index].Serves)
                order[serving++] = index;
        }

        ResolveRamp(order[..serving], draw, now);
        var first = order[0];
        var choice = ChooseInPool(first, kind, client, Mixing.Mix(draw ^ 1), scope, picks);
        return Endpoint.BackupAnswer && choice.Outcome == Outcome.Addresses
            ? AddBackup(choice, order[1..serving], kind, client, draw, picks)
            : choice;
    }

    /// <summary>
    /// Chooses addresses that lie ready; false where that cannot be, and <see cref="Choose"/> has to. Both choose
    /// alike.
    /// </summary>
    /// <param name="kind">What sort of address is asked for.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="now">The time, for ramps.</param>
    /// <param name="addresses">The addresses, best first, 4 or 16 octets each.</param>
    /// <param name="scope">The widest client prefix for which it is the same.</param>
    public bool TryChooseReady(
        AddressKind kind, scoped in ClientView client, ulong draw, DateTimeOffset now, out ReadOnlySpan<byte> addresses,
        out byte scope)
    {
        addresses = default;
        scope = 0;
        if (now.UtcTicks < _calmFrom || kind == AddressKind.Name)
            return false;
        var first = First(client, draw, out scope);
        draw = Mixing.Mix(draw ^ 1);
        ref readonly var ready = ref kind == AddressKind.V4 ? ref _readyV4 : ref _readyV6;
        if (ready.TryTake(first, draw, out addresses))
            return true;
        var pool = Pools[first];
        var candidates = kind == AddressKind.V4 ? pool.V4 : pool.V6;
        if (candidates.IsEmpty || pool.HasNames)
            return false;
        addresses = PoolChooser.ChooseReady(pool, candidates, client, draw, _maxAnswers, ref scope);
        return true;
    }

    /// <summary>Orders the pools for a client without regard to their state.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="now">The time, for ramps.</param>
    /// <param name="order">Takes indices into <see cref="Pools"/>, best first; as long as they are.</param>
    /// <param name="scope">The widest client prefix for which it is the same.</param>
    public void Order(in ClientView client, ulong draw, DateTimeOffset now, Span<int> order, out byte scope)
    {
        scope = 0;
        switch (Endpoint.Policy)
        {
            case EndpointPolicy.Nearest:
                Shape.Nearness!.Orders[Shape.Nearness.Find(client.Address, out scope)].CopyTo(order);
                break;
            case EndpointPolicy.SourceMap:
                OrderBySource(client, order, out scope);
                break;
            case EndpointPolicy.Weighted or EndpointPolicy.LeastLoad:
                OrderByScore(new DrawnScore(draw), now, order);
                break;
            case EndpointPolicy.Sticky:
                scope = client.StickyBits;
                OrderByScore(new HashedScore(client.StickyHash()), now, order);
                break;
            case EndpointPolicy.RoundRobin:
                OrderEvenly(draw, now, order);
                break;
            default:
                Shape.FixedOrder.AsSpan().CopyTo(order);
                break;
        }
    }

    // The pools of the client's source, then the others by priority, so that the name is answered at all.
    private void OrderBySource(in ClientView client, Span<int> order, out byte scope)
    {
        var source = Shape.SourceOrders[Shape.Sources!.Find(client.Address, out scope)];
        source.AsSpan().CopyTo(order);
        var count = source.Length;
        foreach (var index in Shape.FixedOrder)
        {
            if (!order[..count].Contains(index))
                order[count++] = index;
        }
    }

    // Weighted sampling without replacement and weighted rendezvous hashing are the same sum: each pool gets
    // -ln(u)/w with u by chance or by hash, and the smallest wins (Efraimidis and Spirakis 2006; Schindelhauer 2005).
    private void OrderByScore<TScore>(TScore score, DateTimeOffset now, Span<int> order) where TScore : struct, IScore
    {
        Span<double> keys = stackalloc double[Pools.Length];
        for (var i = 0; i < Pools.Length; i++)
        {
            var pool = Pools[i];
            var weight = (Positive ? pool.Weight : 1) * pool.Share(now, Endpoint.Recovery.Ramp);
            keys[i] = weight <= 0 ? double.MaxValue : -Math.Log(Mixing.Unit(score.Of(pool.Shape.Seed))) / weight;
            order[i] = i;
        }

        keys.Sort(order);
    }

    private void OrderEvenly(ulong draw, DateTimeOffset now, Span<int> order)
    {
        Span<double> keys = stackalloc double[Pools.Length];
        for (var i = 0; i < Pools.Length; i++)
        {
            keys[i] = -Math.Log(Mixing.Unit(Mixing.Mix(draw ^ Pools[i].Shape.Seed))) / Pools[i]
                .Share(now, Endpoint.Recovery.Ramp);
            order[i] = i;
        }

        keys.Sort(order);
    }

    // Where the order is fixed, a pool that is coming back takes its turn with the probability of its share.
    private void ResolveRamp(Span<int> order, ulong draw, DateTimeOffset now)
    {
        if (Endpoint.Policy is EndpointPolicy.Weighted or EndpointPolicy.Sticky or EndpointPolicy.RoundRobin
            or EndpointPolicy.LeastLoad)
            return;
        for (var i = 0; i < order.Length; i++)
        {
            var share = Pools[order[i]].Share(now, Endpoint.Recovery.Ramp);
            draw = Mixing.Mix(draw);
            if (share >= 1 || Mixing.Unit(draw) < share)
            {
                (order[0], order[i]) = (order[i], order[0]);
                return;
            }
        }

        // All are coming back and none was drawn: there is nobody to spare them, so the first stays first.
    }

    private Choice ChooseInPool(int index, AddressKind kind, in ClientView client, ulong draw, byte scope,
        Span<Pick> picks)
    {
        var pool = Pools[index];
        if (!pool.Names.IsEmpty)
        {
            PoolChooser.Choose(pool, index, pool.Names, client, draw, picks[..1], ref scope);
            return new Choice(Outcome.Alias, 1, scope, false);
        }

        var candidates = kind switch { AddressKind.V4 => pool.V4, AddressKind.V6 => pool.V6, _ => null };
        if (candidates is null or { IsEmpty: true })
            return new Choice(Outcome.NoData, 0, scope, false);
        var count = PoolChooser.Choose(pool, index, candidates, client, draw, picks, ref scope);
        return new Choice(Outcome.Addresses, count, scope, false);
    }

    private Choice AddBackup(Choice choice,
        ReadOnlySpan<int> others, AddressKind kind, in ClientView client, ulong draw, Span<Pick> picks)
    {
        foreach (var other in others)
        {
            var candidates = kind == AddressKind.V4 ? Pools[other].V4 : Pools[other].V6;
            if (candidates.IsEmpty)
                continue;
            var scope = choice.ScopeBits;
            var at = Math.Min(choice.Count, picks.Length - 1);
            if (at == 0)
                return choice;
            PoolChooser.Choose(Pools[other], other, candidates, client, Mixing.Mix(draw ^ 2), picks.Slice(at, 1),
                ref scope);
            return choice with { Count = at + 1, ScopeBits = scope };
        }

        return choice;
    }

    private Choice ChooseLastResort(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks)
    {
        switch (Endpoint.WhenAllDown)
        {
            case WhenAllDown.NoData:
                return new Choice(Outcome.NoData, 0, 0, true);
            case WhenAllDown.ServFail:
                return new Choice(Outcome.Failure, 0, 0, true);
            case WhenAllDown.Fallback:
                return TakeFallback(kind, picks);
            case WhenAllDown.LastKnownGood when !LastGood.IsEmpty:
                return TakeLastGood(kind, picks);
            default:
                return TakeAll(kind, order, scope, picks);
        }
    }

    private Choice TakeFallback(AddressKind kind, Span<Pick> picks)
    {
        if (Shape.Fallback[0].Ip is null)
        {
            picks[0] = new Pick(-1, 0);
            return new Choice(Outcome.Alias, 1, 0, true);
        }

        var count = 0;
        for (var i = 0; i < Shape.Fallback.Length && count < picks.Length; i++)
        {
            if (Is(Shape.Fallback[i], kind))
                picks[count++] = new Pick(-1, i);
        }

        return new Choice(count > 0 ? Outcome.Addresses : Outcome.NoData, count, 0, true);
    }

    private Choice TakeLastGood(AddressKind kind, Span<Pick> picks)
    {
        var count = 0;
        foreach (var pick in LastGood)
        {
            var address = Pools[pick.Pool].Addresses[pick.Address].Shape;
            if (address.Ip is null)
            {
                picks[0] = pick;
                return new Choice(Outcome.Alias, 1, 0, true);
            }

            if (count < picks.Length && Is(address, kind))
                picks[count++] = pick;
        }

        return new Choice(count > 0 ? Outcome.Addresses : Outcome.NoData, count, 0, true);
    }

    // Every enabled address, the best pool's first; what a person took out stays out while anything else is there.
    private Choice TakeAll(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var count = 0;
            foreach (var index in order)
            {
                var addresses = Pools[index].Addresses;
                for (var i = 0; i < addresses.Length && count < picks.Length; i++)
                {
                    if (pass == 0 && addresses[i].Override is not null)
                        continue;
                    if (addresses[i].Shape.Ip is null)
                    {
                        if (count > 0)
                            continue;
                        picks[0] = new Pick(index, i);
                        return new Choice(Outcome.Alias, 1, scope, true);
                    }

                    if (Is(addresses[i].Shape, kind))
                        picks[count++] = new Pick(index, i);
                }
            }

            if (count > 0)
                return new Choice(Outcome.Addresses, count, scope, true);
        }

        return new Choice(Outcome.NoData, 0, scope, true);
    }

    private static bool Is(AddressShape address, AddressKind kind) =>
        kind switch
        {
            AddressKind.V4 => address.Bytes.Length == 4,
            AddressKind.V6 => address.Bytes.Length == 16,
            _ => false,
        };
}
