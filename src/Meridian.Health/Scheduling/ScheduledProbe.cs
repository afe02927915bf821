namespace Meridian.Health.Scheduling;

/// <summary>One target in the schedule; it either waits for its next probe or has one in flight.</summary>
internal sealed class ScheduledProbe(ProbeTarget target, long number, double phase)
{
    /// <summary>Orders by the time that the next probe is due, then by when the target was added.</summary>
    public static IComparer<ScheduledProbe> ByDue { get; } = Comparer<ScheduledProbe>.Create((a, b) =>
        a.Due == b.Due ? a._number.CompareTo(b._number) : a.Due.CompareTo(b.Due));

    private readonly long _number = number;

    /// <summary>What is probed, and how from the next probe on.</summary>
    public ProbeTarget Target { get; set; } = target;

    /// <summary>When the next probe is due. Must not change while the schedule's queue holds this.</summary>
    public TimeSpan Due { get; set; }

    /// <summary>When the last probe began; null before the first.</summary>
    public TimeSpan? Begun { get; set; }

    public bool InFlight { get; set; }

    /// <summary>No probe has ended yet.</summary>
    public bool InFirstRound { get; set; } = true;

    /// <summary>A suspicion waits for a probe that begins after it.</summary>
    public bool Urgent { get; set; }

    /// <summary>The verdict is in doubt, so the confirm interval applies.</summary>
    public bool Suspected { get; set; }

    /// <summary>The target is gone: a probe in flight ends, and its result does not count.</summary>
    public bool Removed { get; set; }

    /// <summary>Time between the begins of two probes.</summary>
    public TimeSpan Pace => Suspected ? Target.Check.ConfirmInterval : Target.Check.Interval;

    /// <summary>
    /// As <see cref="Pace"/>, shortened by this target's own share, so that targets whose last probes lie close
    /// together have their next ones spread over half an interval.
    /// </summary>
    public TimeSpan SpreadPace => Suspected ? Pace : Pace * phase;
}
