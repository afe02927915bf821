namespace Meridian.Tunnel.Gateways;

/// <summary>Whose token it is, or why it is nobody's.</summary>
/// <param name="Agent">The agent; null for none.</param>
/// <param name="Refusal">Why, where it is none.</param>
public sealed record Recognition(string? Agent, string? Refusal);
