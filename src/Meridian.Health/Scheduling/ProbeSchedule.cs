using System.Collections.Immutable;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Scheduling;

/// <summary>
/// Decides when each target is probed. It sends nothing, reads no clock and is used by one thread: every time is given
/// to it, as time since the engine's start.
/// </summary>
/// <param name="chance">A random number from 0 to 1, which spreads the rounds of different targets.</param>
internal sealed class ProbeSchedule(Func<double> chance)
{
    /// <summary>
    /// Probes in flight at one time. More targets than that wait a moment; sockets and memory stay bounded.
    /// </summary>
    public const int MaxInFlight = 2048;

    /// <summary>The first round sends one probe a millisecond, so that few targets are known at once.</summary>
    public static readonly TimeSpan FirstRoundGap = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Least time between the begins of two probes of one target, however many suspicions come: the shortest
    /// confirm interval that a health check may have.
    /// </summary>
    public static readonly TimeSpan SuspicionGap = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<ProbeKey, ScheduledProbe> _probes = [];
    private readonly SortedSet<ScheduledProbe> _waiting = new(ScheduledProbe.ByDue);
    private ILookup<(string Target, int Port), ProbeKey> _byEndpoint =
        Array.Empty<ProbeKey>().ToLookup(k => (k.Target, k.Port));
    private long _added;

    /// <summary>Probes that have begun and not ended, those of removed targets among them.</summary>
    public int InFlight { get; private set; }

    /// <summary>Targets that wait for their next probe.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>When the next probe may begin; null where none may until another one ends.</summary>
    public TimeSpan? NextDue => InFlight < MaxInFlight ? _waiting.Min?.Due : null;

    /// <summary>
    /// Sets the targets. New ones are probed in a first round that begins at once, the intervals of edited checks
    /// count from the last probe's begin, and those that are missing from the list are not probed again.
    /// </summary>
    /// <returns>The targets that are gone.</returns>
    public ImmutableArray<ProbeKey> Update(IReadOnlyCollection<ProbeTarget> targets, TimeSpan now)
    {
        var gone = Remove(targets.Select(t => t.Key).ToHashSet());
        var added = new List<ProbeTarget>();
        var overdue = new List<ScheduledProbe>();
        foreach (var target in targets.DistinctBy(t => t.Key))
        {
            if (!_probes.TryGetValue(target.Key, out var probe))
                added.Add(target);
            else if (Edit(probe, target) && probe.Due < now)
                overdue.Add(probe);
        }

        SpreadFirstRound(added, now);
        SpreadOverdue(overdue, now);
        _byEndpoint = _probes.Keys.ToLookup(k => (k.Target, k.Port));
        return gone;
    }

    /// <summary>
    /// Something else saw trouble or recovery: the target is probed now, or right after the probe that is in flight,
    /// which began too early to have seen it.
    /// </summary>
    public void Suspect(ProbeKey key, TimeSpan now)
    {
        if (!_probes.TryGetValue(key, out var probe))
            return;
        probe.Urgent = true;
        var due = Soonest(probe, now);
        if (due < probe.Due) // never so while it is in flight
            Wait(probe, due);
    }

    /// <summary>The same for all targets that are reached at one address and port.</summary>
    public void SuspectEndpoint(string target, int port, TimeSpan now)
    {
        foreach (var key in _byEndpoint[(target, port)])
            Suspect(key, now);
    }

    /// <summary>The next target whose probe is due, which is in flight from now on; null where none is.</summary>
    public ScheduledProbe? Begin(TimeSpan now)
    {
        if (NextDue is not { } due || due > now)
            return null;
        var probe = _waiting.Min!;
        _waiting.Remove(probe);
        probe.Begun = now;
        probe.Urgent = false;
        probe.InFlight = true;
        InFlight++;
        return probe;
    }

    /// <summary>Schedules the next probe after one that has ended.</summary>
    /// <param name="probe">As <see cref="Begin"/> gave it.</param>
    /// <param name="suspected">Whether the verdict is in doubt now.</param>
    /// <param name="now">Time since the engine's start.</param>
    public void End(ScheduledProbe probe, bool suspected, TimeSpan now)
    {
        InFlight--;
        probe.InFlight = false;
        probe.Suspected = suspected;
        if (probe.Removed)
            return;
        var pace = probe.InFirstRound ? probe.SpreadPace : probe.Pace;
        probe.InFirstRound = false;
        Wait(probe, probe.Urgent ? Soonest(probe, now) : Later(probe.Begun!.Value + pace, now));
    }

    private ImmutableArray<ProbeKey> Remove(HashSet<ProbeKey> kept)
    {
        ImmutableArray<ProbeKey> gone = [.. _probes.Keys.Where(k => !kept.Contains(k))];
        foreach (var key in gone)
        {
            _probes.Remove(key, out var probe);
            _waiting.Remove(probe!);
            probe!.Removed = true;
        }

        return gone;
    }

    // True where the edit has moved the next probe.
    private bool Edit(ScheduledProbe probe, ProbeTarget target)
    {
        var before = probe.Pace;
        probe.Target = target;
        if (probe.Pace == before || probe.InFlight || probe.Urgent || probe.Begun is not { } begun)
            return false;
        Wait(probe, begun + probe.SpreadPace);
        return true;
    }

    private void SpreadFirstRound(List<ProbeTarget> added, TimeSpan now)
    {
        for (var i = 0; i < added.Count; i++)
        {
            var gap = added[i].Check.Interval / added.Count;
            var probe = new ScheduledProbe(added[i], _added++, 0.5 + (chance() / 2));
            _probes.Add(added[i].Key, probe);
            Wait(probe, now + ((gap < FirstRoundGap ? gap : FirstRoundGap) * i));
        }
    }

    // By an interval that was made shorter, many probes may be overdue at once.
    private void SpreadOverdue(List<ScheduledProbe> overdue, TimeSpan now)
    {
        for (var i = 0; i < overdue.Count; i++)
            Wait(overdue[i], now + (overdue[i].Pace * i / overdue.Count));
    }

    private static TimeSpan Soonest(ScheduledProbe probe, TimeSpan now) =>
        probe.Begun is { } begun ? Later(begun + SuspicionGap, now) : now;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Wait(ScheduledProbe probe, TimeSpan due)
    {
        _waiting.Remove(probe);
        probe.Due = due;
        _waiting.Add(probe);
    }
}
