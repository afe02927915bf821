using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>One of them, in proportion to the weights; weight 0 only when nothing else is up.</summary>
internal sealed class WeightedPicker : AddressPicker
{
    public override bool ByChance => true;

    public override bool AnswersAll => false;

    public override Selector First(PoolShape shape, ImmutableArray<int> candidates) =>
        Selector.ByWeight(candidates.Select((index, i) => (i, (double)shape.Addresses[index].Source.Weight)));
}
