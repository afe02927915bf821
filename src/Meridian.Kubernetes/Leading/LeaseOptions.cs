namespace Meridian.Kubernetes.Leading;

/// <summary>How a leader is elected. The default times are those of client-go.</summary>
public sealed record LeaseOptions
{
    /// <summary>The Lease that stands for leadership.</summary>
    public required ObjectKey Lease { get; init; }

    /// <summary>The candidate's name; different for every candidate.</summary>
    public required string Identity { get; init; }

    /// <summary>How long other candidates wait after the last renewal that they saw.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A leader that could not renew for this long stops leading; shorter than <see cref="Duration"/>.
    /// </summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two attempts to acquire or renew the lease.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
