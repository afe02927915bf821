using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Steering.Geography;

namespace Meridian.Steering.Plans;

/// <summary>
/// The pool that a client gets while nothing ramps: compiled when the plan is made, so that a query only looks it up or
/// draws it. The same choice as the head of <see cref="Order"/>, which stays for ramps and explanations.
/// </summary>
public sealed partial class EndpointPlan
{
    // From when on the choice is compiled: when the last ramp ends; never where the plan has to be asked each time.
    private readonly DateTimeOffset _calmFrom;

    // Copies of what a query needs, so that it does not walk through the resources.
    private readonly PoolPlan[] _pools;
    private readonly EndpointPolicy _policy;
    private readonly int _maxAnswers;
    private readonly AddressMap? _map;

    // The pools that serve, in the order of the resource.
    private readonly ImmutableArray<int> _serving;

    // For policies that look at the client: the first pool that serves, for each order that the map knows.
    private readonly int[] _firstByOrder;
    private readonly AliasTable? _byWeight;
    private readonly bool _evenly;
    private readonly int _firstFixed;

    private int First(in ClientView client, ulong draw, out byte scope)
    {
        scope = 0;
        switch (_policy)
        {
            case EndpointPolicy.Nearest or EndpointPolicy.SourceMap:
                return _firstByOrder[_map!.Find(client.Address, out scope)];
            case EndpointPolicy.Weighted:
                return _byWeight!.Draw(Mixing.Mix(draw));
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
            var shape = Pools[index].Shape;
            var weight = Positive ? shape.Weight : 1;
            if (weight <= 0)
                continue;
            var key = -Math.Log(Mixing.Unit(score.Of(shape.Seed))) / weight;
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
        foreach (var index in _serving)
        {
            var value = score.Of(_pools[index].Shape.Seed) >> 11;
            if (value <= bestScore)
                continue;
            best = index;
            bestScore = value;
        }

        return best;
    }

    private DateTimeOffset CalmFrom() => !AnyServes || Endpoint.BackupAnswer ? DateTimeOffset.MaxValue : RampedUp();

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
