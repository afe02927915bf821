using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Steering.Ordering;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>The one whose site is nearest to the client.</summary>
internal sealed class NearestPicker : AddressPicker
{
    public override bool ByChance => false;

    public override bool AnswersAll => false;

    public override OrderMap Compile(OrderMaps maps, ImmutableArray<Site?> sites) => maps.ByDistance(sites);

    public override Selector First(PoolShape shape, ImmutableArray<int> candidates) =>
        Selector.ByPlace(shape.Orders!.Map,
            [.. shape.Orders.Firsts(i => candidates.Contains(i)).Select(i => candidates.IndexOf(i))]);
}
