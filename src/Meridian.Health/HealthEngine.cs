using System.Collections.Concurrent;
using Meridian.Health.Probes;
using Meridian.Health.Scheduling;
using Meridian.Health.Watching;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>
/// Probes targets on schedule and keeps their verdicts. One loop owns the schedule; probes run beside it and report
/// back to it, so that nothing is locked.
/// </summary>
public sealed class HealthEngine : IAsyncDisposable
{
    private readonly IProber _prober;
    private readonly TimeProvider _time;
    private readonly Action<VerdictChange> _changed;
    private readonly Action<ProbeKey, ProbeResult> _probed;
    private readonly HealthRecords _records = new();
    private readonly ProbeSchedule _schedule = new(Random.Shared.NextDouble);
    private readonly IdleWatch _watch;
    private readonly long _start;
    private readonly EngineLoop _loop;

    // Suspicions that the loop has not seen yet: each target is posted once, however many failures are reported of it.
    private readonly ConcurrentDictionary<ProbeKey, bool> _suspected = [];
    private long _completed;
    private long _failed;

    /// <param name="prober">Sends the probes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called on the engine's loop for every change; must be quick.</param>
    /// <param name="probed">Called on the engine's loop for every probe; must be quick.</param>
    /// <param name="faulted">
    /// Called on the engine's loop for every exception that is not a probe's own failure: of a callback, say.
    /// </param>
    public HealthEngine(IProber prober, TimeProvider time, Action<VerdictChange> changed,
        Action<ProbeKey, ProbeResult>? probed = null, Action<Exception>? faulted = null)
    {
        _prober = prober;
        _time = time;
        _changed = changed;
        _probed = probed ?? ((_, _) => { });
        _watch = new IdleWatch(time, SuspectEndpoint);
        _start = time.GetTimestamp();
        _loop = new EngineLoop(time, BeginProbes, () => _schedule.NextDue - Now, faulted ?? (_ => { }));
    }

    /// <summary>Probes completed since the start, and how many of them failed.</summary>
    public (long Completed, long Failed) Probes => (Volatile.Read(ref _completed), Volatile.Read(ref _failed));

    public int InFlight => _schedule.InFlight;

    public int TargetCount => _records.Count;

    /// <summary>Whether every target has been probed at least once.</summary>
    public bool FirstRoundDone => _records.AllProbed;

    /// <summary>
    /// Whether the loop has stood still, or done nothing but fail, for so long that the verdicts cannot be trusted to
    /// be fresh.
    /// </summary>
    public bool IsStalled => _loop.IsStalled;

    public IEnumerable<KeyValuePair<ProbeKey, HealthRecord>> Records => _records.All;

    private TimeSpan Now => _time.GetElapsedTime(_start);

    public HealthRecord? Find(ProbeKey key) => _records.Find(key);

    public Verdict Of(ProbeKey key) => _records.Find(key)?.Verdict ?? Verdict.Unknown;

    /// <summary>
    /// Sets what is probed: new targets are started, changed ones keep their verdict, and those that are gone are not
    /// probed again. Verdicts from before a restart fill in until the first probe.
    /// </summary>
    public void Update(
        IReadOnlyCollection<ProbeTarget> targets, IReadOnlyDictionary<ProbeKey, Verdict>? remembered = null)
    {
        // The records of new targets can be read when this returns.
        foreach (var target in targets)
            _records.Add(target.Key, remembered?.GetValueOrDefault(target.Key));
        _loop.Post(() => Apply(targets));
    }

    /// <summary>Something else saw trouble or recovery: probe now instead of at the next interval.</summary>
    public void Suspect(ProbeKey key)
    {
        if (!_suspected.TryAdd(key, true))
            return;
        _loop.Post(() =>
        {
            _suspected.TryRemove(key, out _);
            _schedule.Suspect(key, Now);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _watch.DisposeAsync();
    }

    private void SuspectEndpoint(string target, int port) =>
        _loop.Post(() => _schedule.SuspectEndpoint(target, port, Now));

    private void Apply(IReadOnlyCollection<ProbeTarget> targets)
    {
        foreach (var key in _schedule.Update(targets, Now))
            _records.Remove(key);

        // An earlier list without the target may have removed its record since Update added it.
        foreach (var target in targets)
            _records.Add(target.Key, remembered: null);
        _watch.Update(targets.Where(t => t.Check.Watches).Select(t => (t.Key.Target, t.Key.Port, t.Check.Interval)));
    }

    private void BeginProbes(CancellationToken cancellationToken)
    {
        while (_schedule.Begin(Now) is { } probe)
            _ = ProbeAsync(probe, cancellationToken);
    }

    private async Task ProbeAsync(ScheduledProbe probe, CancellationToken cancellationToken)
    {
        var target = probe.Target;
        ProbeResult result;
        try
        {
            // What a prober does before it first waits (opening a file, say) must not hold up the loop.
            result = await Task.Run(() => _prober.ProbeAsync(target, cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // A probe that fails in a way nobody thought of is still a failed probe.
            var latency = Now - probe.Begun!.Value;
            result = new ProbeResult(_time.GetUtcNow(), false, $"probe failed: {e.Message}", latency);
        }

        _loop.Post(() => End(probe, result));
    }

    private void End(ScheduledProbe probe, ProbeResult result)
    {
        var before = probe.Removed ? null : _records.Find(probe.Target.Key);
        var after = before;
        try
        {
            if (before is not null)
                after = HealthJudge.Next(before, probe.Target.Check, result);
        }
        finally
        {
            // The target is probed on, whatever became of this result.
            _schedule.End(probe, after?.Verdict.Suspected ?? false, Now);
        }

        if (before is not null)
            Record(probe.Target.Key, before, after!, result);
    }

    private void Record(ProbeKey key, HealthRecord before, HealthRecord after, ProbeResult result)
    {
        _records.Replace(key, before, after);
        Interlocked.Increment(ref _completed);
        if (!result.Ok)
            Interlocked.Increment(ref _failed);
        _loop.Guard(() => _probed(key, result));
        if (before.Verdict with { Reason = after.Verdict.Reason } != after.Verdict)
            _loop.Guard(() => _changed(new VerdictChange(key, before.Verdict, after.Verdict)));
    }
}
