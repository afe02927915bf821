namespace Meridian.Fleet.Votes;

/// <summary>What a node says of a target, or of all targets of a site. Where it says nothing, it sees the target up.
/// </summary>
/// <param name="State">What it says.</param>
/// <param name="Since">Since when, by the node's own clock.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record Claim(ClaimState State, DateTimeOffset Since, string Reason);
