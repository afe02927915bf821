namespace Meridian.Kubernetes.Leading;

/// <summary>How a leader is elected. The times are client-go's.</summary>
public sealed record LeaseOptions
{
    /// <summary>The Lease that stands for leadership.</summary>
    public required ObjectKey Lease { get; init; }

    /// <summary>Who this is; different for every candidate.</summary>
    public required string Identity { get; init; }

    /// <summary>Others wait this long after the last renewal that they saw.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// A leader that could not renew for this long stops leading; shorter than <see cref="Duration"/>.
    /// </summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
