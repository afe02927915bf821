using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Steering.Plans;

/// <summary>What is answered while no pool serves.</summary>
public sealed partial class EndpointPlan
{
    private SteeringDecision ChooseLastResort(AddressKind kind, ReadOnlySpan<int> order, byte scope,
        Span<Pick> picks) =>
        Endpoint.WhenAllDown switch
        {
            WhenAllDown.ServeAll => ServeAll(kind, order, scope, picks),
            WhenAllDown.LastKnownGood => ServeLastGood(kind, order, scope, picks),
            WhenAllDown.Fallback => ServeFallback(kind, picks),
            WhenAllDown.NoData => new SteeringDecision(Outcome.NoData, 0, 0, AllDown: true),
            WhenAllDown.ServFail => new SteeringDecision(Outcome.Failure, 0, 0, AllDown: true),
        };

    private SteeringDecision ServeFallback(AddressKind kind, Span<Pick> picks)
    {
        if (Shape.Fallback[0].Ip is null)
        {
            picks[0] = new Pick(-1, 0);
            return new SteeringDecision(Outcome.Alias, 1, 0, true);
        }

        var count = 0;
        for (var i = 0; i < Shape.Fallback.Length && count < picks.Length; i++)
        {
            if (Is(Shape.Fallback[i], kind))
                picks[count++] = new Pick(-1, i);
        }

        return new SteeringDecision(count > 0 ? Outcome.Addresses : Outcome.NoData, count, 0, true);
    }

    // What is healthy and drained stands before what was good once.
    private SteeringDecision ServeLastGood(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks)
    {
        if (LastGood.IsEmpty)
            return ServeAll(kind, order, scope, picks);
        var drained = Serve(kind, order, scope, picks, IsHealthyAndDrained);
        if (drained.Count > 0)
            return drained;
        var count = 0;
        foreach (var pick in LastGood)
        {
            var address = Pools[pick.Pool].Addresses[pick.Address].Shape;
            if (address.Ip is null)
            {
                picks[0] = pick;
                return new SteeringDecision(Outcome.Alias, 1, 0, true);
            }

            if (count < picks.Length && Is(address, kind))
                picks[count++] = pick;
        }

        return new SteeringDecision(count > 0 ? Outcome.Addresses : Outcome.NoData, count, 0, true);
    }

    // What a person drained and is healthy, as it can still serve; else every enabled address that no override took
    // out; else those as well. Those of the best pool come first.
    private SteeringDecision ServeAll(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks)
    {
        var decision = Serve(kind, order, scope, picks, IsHealthyAndDrained);
        if (decision.Count == 0)
            decision = Serve(kind, order, scope, picks, static a => a.Override is null);
        return decision.Count == 0 ? Serve(kind, order, scope, picks, static _ => true) : decision;
    }

    private static bool IsHealthyAndDrained(AddressPlan address) =>
        address is { State: VerdictState.Draining, Verdict.State: VerdictState.Up };

    private SteeringDecision Serve(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks,
        Func<AddressPlan, bool> may)
    {
        var count = 0;
        foreach (var index in order)
        {
            var addresses = Pools[index].Addresses;
            for (var i = 0; i < addresses.Length && count < picks.Length; i++)
            {
                if (!may(addresses[i]))
                    continue;
                if (addresses[i].Shape.Ip is null)
                {
                    if (count > 0)
                        continue;
                    picks[0] = new Pick(index, i);
                    return new SteeringDecision(Outcome.Alias, 1, scope, true);
                }

                if (Is(addresses[i].Shape, kind))
                    picks[count++] = new Pick(index, i);
            }
        }

        return new SteeringDecision(count > 0 ? Outcome.Addresses : Outcome.NoData, count, scope, true);
    }

    private static bool Is(AddressShape address, AddressKind kind) => kind switch
    {
        AddressKind.V4 => address.Bytes.Length == 4,
        AddressKind.V6 => address.Bytes.Length == 16,
        AddressKind.Name => false,
    };
}
