using System.Collections.Immutable;
using Meridian.Steering.Explaining;

namespace Meridian.Api.Contracts;

/// <summary>The state of an address.</summary>
public sealed record AddressStatus
{
    public required string Value { get; init; }

    /// <summary>Name of its site, which may be another than its pool's; null where none is known.</summary>
    public string? Site { get; init; }

    /// <summary>The state that steering acts on.</summary>
    public required string State { get; init; }

    /// <summary>The verdict of the evidence, whatever an override says.</summary>
    public required string Verdict { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether a contrary result was seen and the threshold has not decided yet.</summary>
    public required bool Suspected { get; init; }

    /// <summary>Whether the verdict is from before a restart and not confirmed yet.</summary>
    public required bool Remembered { get; init; }

    /// <summary>Every node's word on it, the asked node's first; empty where all agree, or there is one node.</summary>
    public ImmutableArray<VoteExplanation> Votes { get; init; } = [];

    /// <summary>
    /// Where it came from, if no resource writes it down: an object of a cluster, or a client with records.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>The override that stands above the verdict.</summary>
    public OverrideDocument? Override { get; init; }

    /// <summary>
    /// Requests under way from this node's gateway; null where it has none. While an address drains, what is left.
    /// </summary>
    public int? InFlight { get; init; }

    /// <summary>How busy it is; null where nothing is known or asked of it.</summary>
    public LoadStatus? Load { get; init; }

    /// <summary>The last probes, the newest first.</summary>
    public required ImmutableArray<ProbeStatus> Probes { get; init; }
}
