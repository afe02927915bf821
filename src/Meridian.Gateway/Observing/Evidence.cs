using Meridian.Model.Verdicts;

namespace Meridian.Gateway.Observing;

/// <summary>What health learns of an address from a failed request.</summary>
/// <param name="Probe">The probe of the address.</param>
/// <param name="Reason">What failed, for people.</param>
public readonly record struct Evidence(ProbeKey Probe, string Reason);
