namespace Meridian.Health.Probes;

/// <summary>Sends one probe. A seam, so that the schedule can be tested without a network.</summary>
public interface IProber
{
    /// <summary>Probes a target; a target that fails is a result, and so is one that does not answer in time.</summary>
    Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken);
}
