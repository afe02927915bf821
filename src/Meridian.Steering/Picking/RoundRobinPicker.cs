using System.Collections.Immutable;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Picking;

/// <summary>All of them, beginning with another one for every query.</summary>
internal sealed class RoundRobinPicker : AddressPicker
{
    public override bool ByChance => true;

    public override bool AnswersAll => true;

    public override Selector First(PoolShape shape, ImmutableArray<int> candidates) =>
        Selector.Evenly(candidates.Length);
}
