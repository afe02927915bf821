using System.Collections.Immutable;

namespace Meridian.Steering.Explaining;

/// <summary>An address's part in a decision.</summary>
/// <param name="Value">The address or host name.</param>
/// <param name="State">The state that steering acts on.</param>
/// <param name="Verdict">What the evidence says, without regard to an override.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when.</param>
/// <param name="Override">The override that stands above the verdict, as text; null for none.</param>
/// <param name="Weight">Weight in the pool.</param>
/// <param name="Load">How busy it is, as text; null where nothing is known.</param>
/// <param name="Origin">Where it came from, if no resource writes it down: an object of a cluster, or a client with
/// records.</param>
/// <param name="Answered">Whether it is in the answer.</param>
public sealed record AddressExplanation(
    string Value, string State, string Verdict, string Reason, DateTimeOffset Since, string? Override, int Weight,
    string? Load, string? Origin, bool Answered)
{
    /// <summary>What the health check says where a person's override says otherwise; null where they agree.</summary>
    public string? Disagreement { get; init; }

    /// <summary>Name of its site, which may be another than its pool's; null where none is known.</summary>
    public string? Site { get; init; }

    /// <summary>Every node's word on it, the asked node's first; empty where all agree, or there is one node.</summary>
    public ImmutableArray<VoteExplanation> Votes { get; init; } = [];
}
