namespace Meridian.Health.Probes;

/// <summary>What a kind of probe found; time and duration are added by <see cref="Prober"/>.</summary>
internal readonly record struct Finding(bool Ok, string Reason)
{
    /// <summary>Another program has already judged: no thresholds apply.</summary>
    public bool Decisive { get; init; }

    /// <summary>The load that the address reports: 0 is idle, 1 is full.</summary>
    public double? Load { get; init; }

    /// <summary>Cap on the TTL of answers, where the feed gives one.</summary>
    public TimeSpan? TtlLimit { get; init; }

    public static Finding Good(string reason) => new(true, reason);

    public static Finding Bad(string reason) => new(false, reason);
}
