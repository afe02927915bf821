using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>All of them, in the order of the list.</summary>
internal sealed class AllPicker : AddressPicker
{
    public override bool ByChance => false;

    public override bool AnswersAll => true;

    public override Selector First(PoolShape shape, ImmutableArray<int> candidates) =>
        Selector.Fixed(0);
}
