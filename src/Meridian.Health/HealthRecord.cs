using System.Collections.Immutable;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>What is known of one target: the verdict and what it was made from. Immutable.</summary>
public sealed record HealthRecord
{
    /// <summary>Number of probe results that are kept for people.</summary>
    public const int RecentCount = 8;

    public Verdict Verdict { get; init; } = Verdict.Unknown;

    /// <summary>Failures since the last run of <c>healthyThreshold</c> successes; of use while it is up.</summary>
    public int Failures { get; init; }

    /// <summary>Successes since the last failure.</summary>
    public int Successes { get; init; }

    /// <summary>When the target went down, within the window of damping.</summary>
    public ImmutableArray<DateTimeOffset> Flaps { get; init; } = [];

    /// <summary>The last results, the newest first.</summary>
    public ImmutableArray<ProbeResult> Recent { get; init; } = [];

    /// <summary>Whether any probe has completed in this process.</summary>
    public bool Probed => !Recent.IsEmpty;
}
