using Meridian.Model.Values;

namespace Meridian.Health.Probes;

/// <summary>
/// Sends a probe of the kind that the health check asks for, within its timeout, and describes what failed.
/// </summary>
public sealed class Prober(TimeProvider time) : IProber, IDisposable
{
    private readonly ExternalProbe _external = new(time);

    /// <summary>The file of a feed that has been read for so long that its mount may hang; null for none.</summary>
    public string? StalledFeed => _external.Stalled;

    public async Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(target.Check.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Finding finding;
        try
        {
            finding = await SendAsync(target, both.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            finding = Finding.Bad(timeout.IsCancellationRequested
                ? $"timeout after {Durations.Format(target.Check.Timeout)}"
                : FailureText.Of(e));
        }

        return new ProbeResult(time.GetUtcNow(), finding.Ok, finding.Reason, time.GetElapsedTime(started))
        {
            Decisive = finding.Decisive,
            TtlLimit = finding.TtlLimit,
            Load = finding.Load,
        };
    }

    public void Dispose() => _external.Dispose();

    private Task<Finding> SendAsync(ProbeTarget target, CancellationToken cancellationToken) => target.Check switch
    {
        { Http: { } http } => HttpProbe.SendAsync(http, target.Key, cancellationToken),
        { Tcp: { } tcp } => TcpProbe.SendAsync(tcp, target.Key, cancellationToken),
        { Ping: not null } => PingProbe.SendAsync(target.Key, target.Check.Timeout, cancellationToken),
        { Grpc: { } grpc } => GrpcProbe.SendAsync(grpc, target.Key, cancellationToken),
        { External: { } external } => _external.ReadAsync(external, target.Key, cancellationToken),
        _ => throw new InvalidOperationException($"HealthCheck {target.Check.Name} has no kind"),
    };
}
