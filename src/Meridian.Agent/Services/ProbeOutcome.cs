namespace Meridian.Agent.Services;

/// <summary>What one probe has found.</summary>
/// <param name="Fault">Why it failed; null where it succeeded.</param>
/// <param name="Load">How busy the service says it is, from 0; null where it says nothing.</param>
internal readonly record struct ProbeOutcome(string? Fault, double? Load = null);
