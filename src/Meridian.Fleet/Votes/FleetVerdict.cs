using System.Collections.Immutable;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet.Votes;

/// <summary>What a node acts on for one target, and how it came about.</summary>
/// <param name="Verdict">The verdict that the node acts on.</param>
/// <param name="Agreed">What the nodes hold together, which a regional or local view may differ from.</param>
/// <param name="Votes">Every node's word, this node's first.</param>
/// <param name="Needed">How many must see the target down before it is down.</param>
public sealed record FleetVerdict(
    Verdict Verdict, VerdictState Agreed, ImmutableArray<Vote> Votes, int Needed)
{
    /// <summary>Some see it up and some down, and it stays in use: it is reachable from a part of the world.</summary>
    public bool IsImpaired => Agreed == VerdictState.Up && Votes.Any(v => v.State == VoteState.Down);
}
