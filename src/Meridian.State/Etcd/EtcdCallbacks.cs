using System.Threading.Channels;
using Meridian.State.Shared;

namespace Meridian.State.Etcd;

/// <summary>
/// The one loop that calls who uses the store: first with what changed, then of how the store is. A receiver that is
/// slow holds nothing up and fills no queue: what changes in the meantime comes as one update.
/// </summary>
internal sealed class EtcdCallbacks(EtcdFaults faults, TimeProvider time)
{
    // A signal says that something is to be looked at; one that waits speaks for all.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _gate = new();
    private SharedUpdate? _pending;
    private volatile bool _isAttached;
    private volatile SharedSnapshot _current = SharedSnapshot.Empty;

    /// <summary>What was handed over last, or is being handed over.</summary>
    public SharedSnapshot Current => _current;

    /// <summary>
    /// Whether the store was attached when the loop looked at it last, after it had handed over what was known then.
    /// </summary>
    public bool IsAttached => _isAttached;

    /// <summary>Hands over a change in its turn.</summary>
    public void Post(SharedUpdate update)
    {
        lock (_gate)
            _pending = _pending is null ? update : Join(_pending, update);
        Wake();
    }

    /// <summary>Has the loop look at how the store is.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Calls back until cancelled; never throws.</summary>
    /// <param name="updated">Called for every change.</param>
    /// <param name="changed">Called when <paramref name="observe"/> gives something else than before.</param>
    /// <param name="observe">How the store is, and when that must be looked at again without a signal.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action<SharedUpdate> updated, Action changed,
        Func<(EtcdCondition Condition, TimeSpan Due)> observe, CancellationToken cancellationToken)
    {
        await using var timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var reported = default(EtcdCondition);
        while (!cancellationToken.IsCancellationRequested)
        {
            var (condition, due) = observe();
            if (Take() is { } update)
                Call(() => updated(update));
            else if (condition != reported)
            {
                reported = condition;
                _isAttached = condition.IsAttached;
                Call(changed);
            }
            else
            {
                timer.Change(due, Timeout.InfiniteTimeSpan);
                try
                {
                    await _signal.Reader.ReadAsync(cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private SharedUpdate? Take()
    {
        lock (_gate)
        {
            var update = _pending;
            _pending = null;
            if (update is not null)
                _current = update.Now;
            return update;
        }
    }

    private void Call(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception e)
        {
            // A mistake of this program: it must not stop what the other nodes say from coming in.
            faults.Set("callback", $"a change of the shared store was not taken in: {e.Message}");
        }
    }

    private static SharedUpdate Join(SharedUpdate first, SharedUpdate second) =>
        new(first.Before, second.Now, [.. first.Keys.Union(second.Keys, StringComparer.Ordinal)]);
}
