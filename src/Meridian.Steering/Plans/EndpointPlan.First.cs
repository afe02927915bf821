using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model.Resources;

namespace Meridian.Steering.Plans;

/// <summary>
/// The pool that a client gets while nothing ramps: compiled when the plan is made, so that a query only looks it up or
/// draws it. The same choice as the head of <see cref="Order"/>, which stays for ramps and explanations.
/// </summary>
public sealed partial class EndpointPlan
{
    // What a calm query reads stands first and is copied here, so that it does not walk through the resources. For
    // policies that look at the client: the first pool that serves, for each order that the map knows.
    private readonly AddressMap? _map;
    private readonly int[] _firstByOrder;
    private readonly AliasTable _byWeight;
    private readonly ReadyAnswers _readyV4;
    private readonly ReadyAnswers _readyV6;

    // The pools that serve, in the order of the resource, and the seeds of their hashes.
    private readonly ImmutableArray<int> _serving;
    private readonly ImmutableArray<ulong> _seeds;

    // From when on the choice is compiled: when the last ramp ends; never where the plan has to be asked each time.
    private readonly long _calmFrom;
    private readonly EndpointPolicy _policy;
    private readonly int _maxAnswers;
    private readonly bool _evenly;
    private readonly int _firstFixed;

    private int First(in ClientView client, ulong draw, out byte scope)
    {
        scope = 0;
        switch (_policy)
        {
            case EndpointPolicy.Nearest or EndpointPolicy.SourceMap:
                return _firstByOrder[_map!.Find(client.Address, out scope)];
            case EndpointPolicy.Weighted or EndpointPolicy.LeastLoad:
                return _byWeight.Draw(Mixing.Mix(draw));
            case EndpointPolicy.RoundRobin:
                return _serving[Mixing.Below(Mixing.Mix(draw), _serving.Length)];
            case EndpointPolicy.Sticky:
                scope = client.StickyBits;
                return FirstByHash(new HashedScore(client.StickyHash()));
            default:
                return _firstFixed;
        }
    }

    private int FirstByHash(HashedScore score)
    {
        if (_evenly)
            return FirstByEvenHash(score);
        var best = _serving[0];
        var bestKey = double.PositiveInfinity;
        foreach (var index in _serving)
        {
            var pool = Pools[index];
            var weight = Positive ? pool.Weight : 1;
            if (weight <= 0)
                continue;
            var key = -Math.Log(Mixing.Unit(score.Of(pool.Shape.Seed))) / weight;
            if (key < bestKey)
            {
                best = index;
                bestKey = key;
            }
        }

        return best;
    }

    // With equal weights the smallest -ln(u) is the largest u, and the largest u is that of the largest number.
    private int FirstByEvenHash(HashedScore score)
    {
        var best = _serving[0];
        var bestScore = 0UL;
        for (var i = 0; i < _serving.Length; i++)
        {
            var value = score.Of(_seeds[i]) >> 11;
            if (value <= bestScore)
                continue;
            best = _serving[i];
            bestScore = value;
        }

        return best;
    }

    private long CalmFrom() => !AnyServes || Endpoint.BackupAnswer ? long.MaxValue : _rampedUp.UtcTicks;

    private DateTimeOffset RampedUp() => Endpoint.Recovery.Ramp <= TimeSpan.Zero
        ? DateTimeOffset.MinValue
        : _serving.Select(i => Pools[i].RecoveredAt is { } at ? at + Endpoint.Recovery.Ramp : DateTimeOffset.MinValue)
            .DefaultIfEmpty(DateTimeOffset.MinValue).Max();

    private int[] FirstByOrder() => !AnyServes ? [] : Endpoint.Policy switch
    {
        EndpointPolicy.Nearest => [.. Shape.Nearness!.Orders.Select(o => FirstServing(o))],
        EndpointPolicy.SourceMap => [.. Shape.SourceOrders.Select(o => FirstServing(o.Concat(Shape.FixedOrder)))],
        _ => [],
    };

    private int FirstServing(IEnumerable<int> order) => order.First(i => Pools[i].Serves);
}
