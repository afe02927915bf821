namespace Meridian.Health.Probes;

/// <summary>What a kind of probe found; time and duration are added by <see cref="Prober"/>.</summary>
internal readonly record struct Finding(bool Ok, string Reason)
{
    public bool Decisive { get; init; }

    /// <summary>What the address says of its load: 0 idle, 1 full.</summary>
    public double? Load { get; init; }

    public TimeSpan? TtlLimit { get; init; }

    public static Finding Good(string reason) => new(true, reason);

    public static Finding Bad(string reason) => new(false, reason);
}
