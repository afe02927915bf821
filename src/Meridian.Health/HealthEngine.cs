using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Meridian.Health.Probes;
using Meridian.Health.Watching;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>
/// Probes targets on schedule and keeps their verdicts. One loop owns the schedule; probes run beside it and report
/// back to it, so that nothing is locked.
/// </summary>
public sealed class HealthEngine : IAsyncDisposable
{
    /// <summary>
    /// Probes in flight at one time. More targets than that wait a moment; sockets and memory stay bounded.
    /// </summary>
    public const int MaxInFlight = 2048;

    /// <summary>
    /// The pace of the very first round: one start a millisecond, so that few targets are known at once.
    /// </summary>
    private static readonly TimeSpan FirstRoundGap = TimeSpan.FromMilliseconds(1);

    /// <summary>The loop ticks at least this often, so that a stall shows.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    private readonly IProber _prober;
    private readonly TimeProvider _time;
    private readonly Action<VerdictChange> _changed;
    private readonly Action<ProbeKey, ProbeResult> _probed;
    private readonly IdleWatch _watch;
    private readonly ConcurrentDictionary<ProbeKey, HealthRecord> _records = [];
    private readonly Dictionary<ProbeKey, Scheduled> _scheduled = [];
    private ILookup<(string Target, int Port), Scheduled> _byEndpoint = Array.Empty<Scheduled>().ToLookup(_ => ("", 0));
    private readonly PriorityQueue<(Scheduled Target, long Version), long> _due = new();

    // Unbounded: each entry is one finished probe (at most MaxInFlight) or one call of Update, Suspect or the watch.
    private readonly Channel<Action> _inbox =
        Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _lastTick;
    private long _probes;
    private long _failures;
    private int _inFlight;
    private int _unprobed;

    /// <param name="prober">Sends the probes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called on the engine's loop for every change; must be quick.</param>
    /// <param name="probed">Called on the engine's loop for every probe; must be quick.</param>
    public HealthEngine(IProber prober, TimeProvider time,
        Action<VerdictChange> changed, Action<ProbeKey, ProbeResult>? probed = null)
    {
        _prober = prober;
        _time = time;
        _changed = changed;
        _probed = probed ?? ((_, _) => { });
        _watch = new IdleWatch(time, SuspectEndpoint);
        _lastTick = time.GetTimestamp();
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Probes completed since the start, and how many of them failed.</summary>
    public (long Completed, long Failed) Probes => (Volatile.Read(ref _probes), Volatile.Read(ref _failures));

    public int InFlight => Volatile.Read(ref _inFlight);

    public int TargetCount => _records.Count;

    /// <summary>Whether every target has been probed at least once.</summary>
    public bool FirstRoundDone => Volatile.Read(ref _unprobed) == 0;

    /// <summary>Whether the loop has stood still for so long that the verdicts cannot be trusted to be fresh.</summary>
    public bool IsStalled => _time.GetElapsedTime(Volatile.Read(ref _lastTick)) > StallLimit || _loop.IsCompleted;

    public HealthRecord? Find(ProbeKey key) => _records.GetValueOrDefault(key);

    public Verdict Of(ProbeKey key) => _records.TryGetValue(key, out var record) ? record.Verdict : Verdict.Unknown;

    public IEnumerable<KeyValuePair<ProbeKey, HealthRecord>> Records => _records;

    /// <summary>
    /// Sets what is probed: new targets are started, changed ones keep their verdict, and those that are gone are not
    /// probed again. Verdicts from before a restart fill in until the first probe.
    /// </summary>
    public void Update(IReadOnlyCollection<ProbeTarget> targets, IReadOnlyDictionary<ProbeKey, Verdict>? remembered = null)
    {
        foreach (var target in targets)
        {
            if (_records.ContainsKey(target.Key))
                continue;
            var verdict = remembered?.GetValueOrDefault(target.Key);
            var record = verdict is null
                ? new HealthRecord() : new HealthRecord { Verdict = verdict with { Remembered = true } };
            if (_records.TryAdd(target.Key, record))
                Interlocked.Increment(ref _unprobed);
        }

        _inbox.Writer.TryWrite(() => Apply(targets));
    }

    /// <summary>Something else saw trouble or recovery: probe now instead of at the next interval.</summary>
    public void Suspect(ProbeKey key) => _inbox.Writer.TryWrite(() =>
    {
        if (_scheduled.TryGetValue(key, out var target))
            Schedule(target, _time.GetTimestamp());
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _watch.DisposeAsync();
        _stop.Dispose();
    }

    private void SuspectEndpoint(string target, int port) => _inbox.Writer.TryWrite(() =>
    {
        foreach (var scheduled in _byEndpoint[(target, port)])
            Schedule(scheduled, _time.GetTimestamp());
    });

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _lastTick, _time.GetTimestamp());
            while (_inbox.Reader.TryRead(out var action))
                action();
            StartDue(cancellationToken);
            try
            {
                using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var delay = UntilNext();
                if (delay <= TimeSpan.Zero)
                    continue;
                var timer = Task.Delay(delay, _time, wake.Token);
                await Task.WhenAny(timer, _inbox.Reader.WaitToReadAsync(wake.Token).AsTask());
                await wake.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private TimeSpan UntilNext()
    {
        if (!_due.TryPeek(out _, out var due) || _inFlight >= MaxInFlight)
            return Heartbeat;
        var ticks = due - _time.GetTimestamp();
        var delay = TimeSpan.FromSeconds((double)ticks / _time.TimestampFrequency);
        return delay > Heartbeat ? Heartbeat : delay;
    }

    private void StartDue(CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        while (_inFlight < MaxInFlight && _due.TryPeek(out var next, out var due) && due <= now)
        {
            _due.Dequeue();
            if (next.Version == next.Target.Version && !next.Target.Removed)
                _ = ProbeAsync(next.Target, cancellationToken);
        }
    }

    private async Task ProbeAsync(Scheduled scheduled, CancellationToken cancellationToken)
    {
        scheduled.Version++;
        scheduled.Probing = true;
        Interlocked.Increment(ref _inFlight);
        var target = scheduled.Target;
        var started = _time.GetTimestamp();
        ProbeResult result;
        try
        {
            result = await _prober.ProbeAsync(target, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Interlocked.Decrement(ref _inFlight);
            return;
        }
        catch (Exception e)
        {
            // A probe that fails in a way nobody thought of is still a failed probe.
            result = new ProbeResult(_time.GetUtcNow(), false, $"probe failed: {e.Message}",
                _time.GetElapsedTime(started));
        }

        Interlocked.Decrement(ref _inFlight);
        _inbox.Writer.TryWrite(() => Complete(scheduled, started, result));
    }

    private void Complete(Scheduled scheduled, long started, ProbeResult result)
    {
        scheduled.Probing = false;
        if (scheduled.Removed)
            return;
        Interlocked.Increment(ref _probes);
        if (!result.Ok)
            Interlocked.Increment(ref _failures);
        var key = scheduled.Target.Key;
        _probed(key, result);
        var before = _records[key];
        var after = HealthJudge.Next(before, scheduled.Target.Check, result);
        _records[key] = after;
        if (!before.Probed)
            Interlocked.Decrement(ref _unprobed);

        var pace = HealthJudge.Pace(after, scheduled.Target.Check);
        var first = !before.Probed && !after.Verdict.Suspected;
        var delay = scheduled.Again ? TimeSpan.Zero : first ? pace * scheduled.Phase : pace;
        scheduled.Again = false;
        Schedule(scheduled, Math.Max(started + Ticks(delay), _time.GetTimestamp()));
        if (before.Verdict with { Reason = after.Verdict.Reason } != after.Verdict)
            _changed(new VerdictChange(key, before.Verdict, after.Verdict));
    }

    private void Apply(IReadOnlyCollection<ProbeTarget> targets)
    {
        var wanted = targets.Select(t => t.Key).ToHashSet();
        foreach (var (key, scheduled) in _scheduled.Where(s => !wanted.Contains(s.Key)).ToArray())
        {
            scheduled.Removed = true;
            _scheduled.Remove(key);
            if (_records.TryRemove(key, out var record) && !record.Probed)
                Interlocked.Decrement(ref _unprobed);
        }

        // The first round starts at once and evenly: within one interval however many targets there are.
        var now = _time.GetTimestamp();
        var added = 0;
        var count = targets.Count(t => !_scheduled.ContainsKey(t.Key));
        foreach (var target in targets)
        {
            if (_scheduled.TryGetValue(target.Key, out var known))
            {
                known.Target = target;
                continue;
            }

            var gap = TimeSpan.FromTicks(Math.Min(FirstRoundGap.Ticks,
                target.Check.Interval.Ticks / Math.Max(1, count)));
            // Its record may have gone again since Update, with an earlier list that did not have the target.
            if (_records.TryAdd(target.Key, new HealthRecord()))
                Interlocked.Increment(ref _unprobed);
            var scheduled = new Scheduled(target);
            _scheduled.Add(target.Key, scheduled);
            Schedule(scheduled, now + Ticks(gap * added++));
        }

        _byEndpoint = _scheduled.Values.ToLookup(s => (s.Target.Key.Target, s.Target.Key.Port));
        _watch.Update(targets.Where(t => t.Check.Watches).Select(t => (t.Key.Target, t.Key.Port, t.Check.Interval)));
    }

    private void Schedule(Scheduled scheduled, long due)
    {
        // A probe in flight schedules the next one when it ends.
        if (scheduled.Probing)
        {
            scheduled.Again = true;
            return;
        }

        scheduled.Version++;
        _due.Enqueue((scheduled, scheduled.Version), due);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private sealed class Scheduled(ProbeTarget target)
    {
        public ProbeTarget Target { get; set; } = target;

        /// <summary>Entries in the queue with an older version are void.</summary>
        public long Version { get; set; }

        public bool Probing { get; set; }

        public bool Again { get; set; }

        public bool Removed { get; set; }

        /// <summary>Part of the interval that the second round comes after, so that rounds do not bunch.</summary>
        public double Phase { get; } = 0.5 + (Random.Shared.NextDouble() / 2);
    }
}
