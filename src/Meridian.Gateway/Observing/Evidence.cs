using Meridian.Model.Verdicts;

namespace Meridian.Gateway.Observing;

/// <summary>What a failed request tells health of an address.</summary>
/// <param name="Probe">The probe that speaks for the address.</param>
/// <param name="Reason">What failed, for people.</param>
public readonly record struct Evidence(ProbeKey Probe, string Reason);
