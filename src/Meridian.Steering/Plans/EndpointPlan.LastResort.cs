using Meridian.Model.Resources;

namespace Meridian.Steering.Plans;

/// <summary>What is answered while no pool serves.</summary>
public sealed partial class EndpointPlan
{
    private SteeringDecision ChooseLastResort(AddressKind kind, ReadOnlySpan<int> order, byte scope,
        Span<Pick> picks) =>
        Endpoint.WhenAllDown switch
        {
            WhenAllDown.ServeAll => ServeAll(kind, order, scope, picks),
            WhenAllDown.LastKnownGood => LastGood.IsEmpty
                ? ServeAll(kind, order, scope, picks)
                : ServeLastGood(kind, picks),
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

    private SteeringDecision ServeLastGood(AddressKind kind, Span<Pick> picks)
    {
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

    // Every enabled address, those of the best pool first. What an override took out is left out while there is
    // anything else.
    private SteeringDecision ServeAll(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks)
    {
        var decision = Serve(kind, order, scope, picks, withOverridden: false);
        return decision.Outcome == Outcome.NoData ? Serve(kind, order, scope, picks, withOverridden: true) : decision;
    }

    private SteeringDecision Serve(AddressKind kind, ReadOnlySpan<int> order, byte scope, Span<Pick> picks,
        bool withOverridden)
    {
        var count = 0;
        foreach (var index in order)
        {
            var addresses = Pools[index].Addresses;
            for (var i = 0; i < addresses.Length && count < picks.Length; i++)
            {
                if (addresses[i].Override is not null && !withOverridden)
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
