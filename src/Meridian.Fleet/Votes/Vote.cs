namespace Meridian.Fleet.Votes;

/// <summary>One node's word on one target.</summary>
/// <param name="Node">The node.</param>
/// <param name="Region">The region that it judges from.</param>
/// <param name="State">What it says.</param>
/// <param name="Since">Since when; of use where it is down.</param>
/// <param name="Reason">Why it says so; why it has no opinion where it has none.</param>
public sealed record Vote(string Node, string Region, VoteState State, DateTimeOffset Since, string Reason)
{
    /// <summary>Whether it counts.</summary>
    public bool Counts => State != VoteState.Abstains;

    /// <summary>A node's word on what it probes itself.</summary>
    public static Vote Of(string node, string region, Model.Verdicts.Verdict verdict, string? illness) => verdict switch
    {
        _ when illness is not null => new Vote(node, region, VoteState.Abstains, verdict.Since, illness),
        { State: Model.Verdicts.VerdictState.Unknown } or { Remembered: true } =>
            new Vote(node, region, VoteState.Abstains, verdict.Since, "not probed yet"),
        { State: Model.Verdicts.VerdictState.Down } =>
            new Vote(node, region, VoteState.Down, verdict.Since, verdict.Reason),
        { Suspected: true } => new Vote(node, region, VoteState.Suspects, verdict.Since, verdict.Reason),
        _ => new Vote(node, region, VoteState.Up, verdict.Since, verdict.Reason),
    };
}
