using System.Collections.Concurrent;
using System.Threading.Channels;
using Meridian.Health.Probes;
using Meridian.Health.Scheduling;
using Meridian.Health.Watching;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>
/// Probes targets on schedule and keeps their verdicts. One loop owns the schedule; probes run beside it and report
/// back to it, so that nothing is locked. Whatever throws is reported and costs the loop one message at most.
/// </summary>
public sealed class HealthEngine : IAsyncDisposable
{
    /// <summary>The loop ticks at least this often, so that a stall shows.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the loop waits after a fault of its own, which might come again at once.</summary>
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    private readonly IProber _prober;
    private readonly TimeProvider _time;
    private readonly Action<VerdictChange> _changed;
    private readonly Action<ProbeKey, ProbeResult> _probed;
    private readonly Action<Exception> _faulted;
    private readonly HealthRecords _records = new();
    private readonly ProbeSchedule _schedule = new(Random.Shared.NextDouble);
    private readonly IdleWatch _watch;

    // Unbounded: each entry is one finished probe (at most MaxInFlight), one suspected target (each at most once) or
    // one call of Update.
    private readonly Channel<Action> _inbox =
        Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<ProbeKey, bool> _suspected = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly long _start;
    private readonly Task _loop;
    private long _lastTick;
    private long _completed;
    private long _failed;

    /// <param name="prober">Sends the probes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called on the engine's loop for every change; must be quick.</param>
    /// <param name="probed">Called on the engine's loop for every probe; must be quick.</param>
    /// <param name="faulted">Called for every exception that neither a probe nor a verdict accounts for.</param>
    public HealthEngine(IProber prober, TimeProvider time, Action<VerdictChange> changed,
        Action<ProbeKey, ProbeResult>? probed = null, Action<Exception>? faulted = null)
    {
        _prober = prober;
        _time = time;
        _changed = changed;
        _probed = probed ?? ((_, _) => { });
        _faulted = faulted ?? (_ => { });
        _watch = new IdleWatch(time, SuspectEndpoint);
        _start = _lastTick = time.GetTimestamp();
        _loop = Task.Run(() => RunAsync(_stop.Token));
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
    public bool IsStalled => _time.GetElapsedTime(Volatile.Read(ref _lastTick)) > StallLimit || _loop.IsCompleted;

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
        _inbox.Writer.TryWrite(() => Apply(targets));
    }

    /// <summary>Something else saw trouble or recovery: probe now instead of at the next interval.</summary>
    public void Suspect(ProbeKey key)
    {
        if (_records.Find(key) is null || !_suspected.TryAdd(key, true))
            return;
        _inbox.Writer.TryWrite(() =>
        {
            _suspected.TryRemove(key, out _);
            _schedule.Suspect(key, Now);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _watch.DisposeAsync();
        _stop.Dispose();
    }

    private void SuspectEndpoint(string target, int port) =>
        _inbox.Writer.TryWrite(() => _schedule.SuspectEndpoint(target, port, Now));

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var wake = _time.CreateTimer(_ => _inbox.Writer.TryWrite(() => { }), null, Heartbeat, Heartbeat);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                while (_inbox.Reader.TryRead(out var message))
                    Guard(message);
                while (_schedule.Begin(Now) is { } probe)
                    _ = ProbeAsync(probe, cancellationToken);
                Volatile.Write(ref _lastTick, _time.GetTimestamp());
                wake.Change(UntilNext(), Heartbeat);

                // Time may have passed while the timer was set.
                if (UntilNext() > TimeSpan.Zero)
                    await _inbox.Reader.WaitToReadAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(e);
                await Task.Delay(FaultPause, _time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TimeSpan UntilNext()
    {
        if (_schedule.NextDue is not { } due)
            return Heartbeat;
        // Timers count whole milliseconds: rounded down, the last one would be spent waking up again and again.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - Now).TotalMilliseconds));
        return wait > Heartbeat ? Heartbeat : wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private async Task ProbeAsync(ScheduledProbe probe, CancellationToken cancellationToken)
    {
        var target = probe.Target;
        var begun = _time.GetTimestamp();
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
            result = new ProbeResult(_time.GetUtcNow(), false, $"probe failed: {e.Message}",
                _time.GetElapsedTime(begun));
        }

        _inbox.Writer.TryWrite(() => Complete(probe, result));
    }

    private void Complete(ScheduledProbe probe, ProbeResult result)
    {
        var key = probe.Target.Key;
        var before = probe.Removed ? null : _records.Find(key);
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
            Record(key, before, after!, result);
    }

    private void Record(ProbeKey key, HealthRecord before, HealthRecord after, ProbeResult result)
    {
        _records.Replace(key, before, after);
        Interlocked.Increment(ref _completed);
        if (!result.Ok)
            Interlocked.Increment(ref _failed);
        Guard(() => _probed(key, result));
        if (before.Verdict with { Reason = after.Verdict.Reason } != after.Verdict)
            Guard(() => _changed(new VerdictChange(key, before.Verdict, after.Verdict)));
    }

    private void Apply(IReadOnlyCollection<ProbeTarget> targets)
    {
        foreach (var key in _schedule.Update(targets, Now))
            _records.Remove(key);

        // An earlier list without the target may have removed its record since Update added it.
        foreach (var target in targets)
            _records.Add(target.Key, remembered: null);
        _watch.Update(targets.Where(t => t.Check.Watches).Select(t => (t.Key.Target, t.Key.Port, t.Check.Interval)));
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    private void Report(Exception fault)
    {
        try
        {
            _faulted(fault);
        }
        catch
        {
            // There is nobody left to tell, and probing must go on.
        }
    }
}
