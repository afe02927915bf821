namespace Meridian.Api.Contracts;

/// <summary>The state of the probe engine.</summary>
/// <param name="Targets">Number of targets that are probed.</param>
/// <param name="Probes">Probes completed since the start.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="FirstRoundDone">Whether everything was probed at least once.</param>
/// <param name="Stalled">Whether the engine stands still, so that verdicts are old.</param>
public sealed record HealthStatus(int Targets, long Probes, long Failed, bool FirstRoundDone, bool Stalled);
