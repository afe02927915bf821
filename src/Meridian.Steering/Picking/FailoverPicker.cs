using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>The first in the list.</summary>
internal sealed class FailoverPicker : AddressPicker
{
    public override bool ByChance => false;

    public override bool AnswersAll => false;

    public override Selector First(PoolShape shape, ImmutableArray<int> candidates) =>
        Selector.Fixed(0);
}
