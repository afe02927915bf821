namespace Meridian.Health.Probes;

/// <summary>Sends one probe. A seam, so that the schedule can be tested without a network.</summary>
public interface IProber
{
    Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken);
}
