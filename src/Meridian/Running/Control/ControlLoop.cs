using System.Collections.Immutable;
using Meridian.Health;
using Meridian.Model.Verdicts;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Control;

/// <summary>
/// The one writer of a node's state. It acts on changed verdicts first, then on what features post, and commits what
/// was prepared beside it. It does no I/O and waits for nobody; each thing that it does is guarded by itself, so that a
/// fault of ours costs that one thing and never the loop.
/// </summary>
internal sealed partial class ControlLoop : IAsyncDisposable
{
    /// <summary>How often features look at the time.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>After how long without a sign of life the loop counts as stalled.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    // A million names take a minute on a busy machine.
    private static readonly TimeSpan PreparationLimit = TimeSpan.FromMinutes(5);

    private readonly Inbox _inbox = new();
    private readonly ChangeQueue _waiting = new();
    private readonly Preparer _preparer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();

    // Probes whose verdict has changed and that some table does not show yet: nothing is lost where compiling fails.
    private readonly HashSet<ProbeKey> _changed = [];

    // Those that changed since the last preparation began: its table was begun with what was known then.
    private readonly HashSet<ProbeKey> _changedMeanwhile = [];
    private bool _isRejudged;
    private Preparation? _preparation;
    private IJudge _judge = null!;
    private ImmutableArray<IFeature> _features = [];
    private volatile NodeState _state;
    private int _evidenceChanged;
    private long _lastTurn;
    private Task _running = Task.CompletedTask;

    /// <param name="initial">What is known before anything is served.</param>
    /// <param name="preparer">Prepares changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where faults of our own are told.</param>
    public ControlLoop(NodeState initial, Preparer preparer, TimeProvider time, ILogger log)
    {
        (_state, _preparer, _time, _log) = (initial, preparer, time, log);
        _lastTurn = time.GetTimestamp();
    }

    /// <summary>What is served now.</summary>
    public NodeState State => _state;

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>
    /// Whether the loop has stood still for so long that what is served cannot be trusted to be current.
    /// </summary>
    public bool IsStalled =>
        _time.GetElapsedTime(Volatile.Read(ref _lastTurn)) > StallLimit || (_running.IsCompleted && _started);

    /// <summary>
    /// Whether a change has been prepared for so long that a file which it reads may hang; verdicts go on meanwhile.
    /// </summary>
    public bool IsPreparationStalled => _preparer.Since is { } since && _time.GetElapsedTime(since) > PreparationLimit;

    /// <summary>A verdict has changed.</summary>
    public void Report(VerdictChange change) => _inbox.Add(change);

    /// <summary>Evidence other than that of probes has changed: addresses are judged anew, soon and once.</summary>
    public void ReportEvidence()
    {
        if (Interlocked.Exchange(ref _evidenceChanged, 1) == 0)
            _inbox.Ring();
    }

    /// <summary>Does something on the loop.</summary>
    public void Post(string name, Action act) => _inbox.Add(new Inbox.Message(name, act));

    /// <summary>
    /// Does something on the loop and ends once it is done, with null, or with why it could not be done.
    /// </summary>
    public Task<string?> PostAsync(string name, Action act)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _inbox.Add(new Inbox.Message(name, () =>
        {
            act();
            answer.TrySetResult(null);
        }, () => answer.TrySetResult(_stop.IsCancellationRequested ? Stopping : Internal)));
        AbandonIfStopped();
        return answer.Task;
    }

    /// <summary>
    /// Prepares a change and commits it; ends with null once it is in force and served, or with why it is not.
    /// </summary>
    public async Task<ChangeRefusal?> SubmitAsync(Change change)
    {
        var pending = new PendingChange(change);
        _inbox.Add(new Inbox.Message(change.Name, () => _waiting.Add(pending),
            () => pending.Refuse(new ChangeRefusal(Stopping))));
        AbandonIfStopped();
        if (await pending.Answer is { } refusal)
            return refusal;
        foreach (var feature in _features)
            await feature.WhenActed();
        return null;
    }

    /// <summary>
    /// Replaces parts of the state that nothing is compiled from. On the loop only: from a posted action, a tick or a
    /// commit. Where evidence is among them, addresses are judged anew before the call ends.
    /// </summary>
    public void Update(Func<NodeState, NodeState> next, bool evidence = false)
    {
        var before = _state;
        _state = next(before);
        if (evidence)
            JudgeEvidence();
    }

    /// <summary>Commits a first state in the caller's own time, then runs.</summary>
    /// <param name="judge">What is known of addresses.</param>
    /// <param name="features">The parts of the node, in the order in which they act on a new state.</param>
    /// <param name="first">What leads to the first state.</param>
    /// <exception cref="StartException">It cannot be prepared.</exception>
    public void Start(IJudge judge, ImmutableArray<IFeature> features, Change first)
    {
        (_judge, _features) = (judge, features);
        var pending = new PendingChange(first);
        var outcome = _preparer.PrepareAsync(_state, [pending]).GetAwaiter().GetResult();
        if (outcome is PreparationOutcome.Failed failed)
            throw new StartException($"the configuration cannot be served: {failed.Fault.Message}");
        Commit(((PreparationOutcome.Ready)outcome).Prepared, [pending]);
        Volatile.Write(ref _lastTurn, _time.GetTimestamp());
        _started = true;
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running, Task.Delay(StopLimit, _time)); // a turn that hangs must not hold up the process
        if (!_running.IsCompleted)
        {
            AbandonMessages();
            return;
        }

        if (_preparation is { } preparation)
            await Task.WhenAny(preparation.Outcome, Task.Delay(StopLimit, _time)); // a file that it reads may hang
        AbandonChanges();
        AbandonMessages();
    }
}
