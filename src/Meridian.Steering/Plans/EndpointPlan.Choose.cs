namespace Meridian.Steering.Plans;

/// <summary>The choice itself. Called for every query: it allocates nothing.</summary>
public sealed partial class EndpointPlan
{
    /// <summary>Chooses addresses for a client.</summary>
    /// <param name="kind">What sort of address is asked for.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="now">The time, for ramps.</param>
    /// <param name="picks">Receives the choice, best first; its length bounds the number.</param>
    public SteeringDecision Choose(AddressKind kind, in ClientView client, ulong draw, DateTimeOffset now,
        Span<Pick> picks)
    {
        picks = picks[..Math.Min(picks.Length, Endpoint.MaxAnswers)];
        if (now.UtcTicks >= _calmFrom)
        {
            var calm = First(client, draw, out var widest);
            return ChooseInPool(calm, kind, client, Mixing.Mix(draw ^ 1), widest, picks);
        }

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
        var decision = ChooseInPool(first, kind, client, Mixing.Mix(draw ^ 1), scope, picks);
        return Endpoint.BackupAnswer && decision.Outcome == Outcome.Addresses
            ? AddBackup(decision, order[1..serving], kind, client, draw, picks)
            : decision;
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
        ref readonly var runs = ref kind == AddressKind.V4 ? ref _runsV4 : ref _runsV6;
        if (runs.TryGet(first, draw, out addresses))
            return true;
        var pool = Pools[first];
        if (pool.HasNames || pool.Of(kind) is not { IsEmpty: false } candidates)
            return false;
        addresses = candidates.PickOctets(client, draw, _maxAnswers, ref scope);
        return true;
    }

    /// <summary>Orders the pools for a client without regard to their state.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="draw">64 random bits.</param>
    /// <param name="now">The time, for ramps.</param>
    /// <param name="order">Receives indices into <see cref="Pools"/>, best first; as long as they are.</param>
    /// <param name="scope">The widest client prefix for which it is the same.</param>
    public void Order(in ClientView client, ulong draw, DateTimeOffset now, Span<int> order, out byte scope) =>
        _order.Order(this, client, draw, now, order, out scope);

    // Where the order does not include ramps, a pool that is coming back takes its place with the probability of its
    // share.
    private void ResolveRamp(Span<int> order, ulong draw, DateTimeOffset now)
    {
        if (_order.IncludesRamp)
            return;
        for (var i = 0; i < order.Length; i++)
        {
            var share = Pools[order[i]].Share(now, Endpoint.Recovery.Ramp);
            draw = Mixing.Mix(draw);
            if (Mixing.Unit(draw) < share)
            {
                (order[0], order[i]) = (order[i], order[0]);
                return;
            }
        }

        // All are coming back and none was drawn: no pool is left to stand in for them, so the first stays first.
    }

    private SteeringDecision ChooseInPool(int index, AddressKind kind, in ClientView client, ulong draw, byte scope,
        Span<Pick> picks)
    {
        var pool = Pools[index];
        if (!pool.Names.IsEmpty)
        {
            pool.Names.Pick(index, client, draw, picks[..1], ref scope);
            return new SteeringDecision(Outcome.Alias, 1, scope, false);
        }

        if (pool.Of(kind) is not { IsEmpty: false } candidates)
            return new SteeringDecision(Outcome.NoData, 0, scope, false);
        var count = candidates.Pick(index, client, draw, picks, ref scope);
        return new SteeringDecision(Outcome.Addresses, count, scope, false);
    }

    // An answer of one address has no room for a backup.
    private SteeringDecision AddBackup(SteeringDecision decision, ReadOnlySpan<int> others, AddressKind kind,
        in ClientView client, ulong draw, Span<Pick> picks)
    {
        var at = Math.Min(decision.Count, picks.Length - 1);
        if (at == 0)
            return decision;
        foreach (var other in others)
        {
            if (Pools[other].Of(kind) is not { IsEmpty: false } candidates)
                continue;
            var scope = decision.ScopeBits;
            candidates.Pick(other, client, Mixing.Mix(draw ^ 2), picks.Slice(at, 1), ref scope);
            return decision with { Count = at + 1, ScopeBits = scope };
        }

        return decision;
    }
}
