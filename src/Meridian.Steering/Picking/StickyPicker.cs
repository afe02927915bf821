using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>The same one for the same client network, by consistent hashing with the weights.</summary>
internal sealed class StickyPicker : AddressPicker
{
    public override bool ByChance => false;

    public override bool AnswersAll => false;

    public override Selector First(PoolShape shape, ImmutableArray<int> candidates) =>
        Selector.ByHash(candidates.Select((index, i) =>
            (i, shape.Seed ^ (ulong)(index + 1), (double)shape.Addresses[index].Source.Weight)));
}
