namespace Meridian.Tunnel.Gateways;

/// <summary>Whom a one-time code was made for.</summary>
/// <param name="Agent">The agent; null for a code that is none, was used or has expired, or that stands still.</param>
/// <param name="Fault">Why the code cannot be used up, so that it stands still; null where it can.</param>
public sealed record Redemption(string? Agent, string? Fault = null);
