namespace Meridian.Steering.Explaining;

/// <summary>One node's word on an address.</summary>
/// <param name="Node">The node.</param>
/// <param name="Region">The region that it judges from.</param>
/// <param name="State"><c>Up</c>, <c>Suspects</c>, <c>Down</c>, or <c>Abstains</c> where it has no opinion.</param>
/// <param name="Since">Since when, where it is down.</param>
/// <param name="Reason">Why.</param>
public sealed record VoteExplanation(string Node, string Region, string State, DateTimeOffset? Since, string Reason);
