namespace Meridian.Fleet.Votes;

/// <summary>What a node's word counts for in the verdict on one target.</summary>
public enum VoteState
{
    /// <summary>It has no opinion: it is new, probes something else, or does not believe itself.</summary>
    Abstains,

    Up,

    /// <summary>Up, with a failed probe.</summary>
    Suspects,

    Down,
}
