namespace Meridian.Kubernetes.Queueing;

/// <summary>How long to wait before a retry: doubles from <see cref="First"/> to <see cref="Most"/>.</summary>
public sealed record RetryDelays
{
    /// <summary>The wait after the first failure.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest wait.</summary>
    public TimeSpan Most { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait after a number of failures in a row, counted from 1.</summary>
    public TimeSpan Of(int failures)
    {
        var wait = First * Math.Pow(2, Math.Min(failures - 1, 40));
        return wait < Most ? wait : Most;
    }
}
