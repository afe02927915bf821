namespace Meridian.Tunnel.Wire;

/// <summary>The tunnel does not stand.</summary>
/// <param name="Reason">Why, in words for a person.</param>
/// <param name="IsPermanent">Whether dialling again is of no use until a person has done something.</param>
/// <param name="RetryAfter">Seconds to wait before dialling again; 0 for as the agent likes.</param>
public sealed record Refusal(string Reason, bool IsPermanent, double RetryAfter);
