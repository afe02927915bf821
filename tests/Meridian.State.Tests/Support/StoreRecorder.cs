using Meridian.State.Shared;

namespace Meridian.State.Tests.Support;

/// <summary>
/// Follows a shared store as its users do: it holds what the updates alone say, and notes an update that does not go on
/// where the one before ended.
/// </summary>
public sealed class StoreRecorder
{
    private readonly Lock _gate = new();
    private readonly List<SharedUpdate> _updates = [];
    private readonly List<string> _states = [];
    private string? _fault;
    private int _inside;

    public StoreRecorder(ISharedStore store)
    {
        Store = store;
        store.Start(Update, Change);
    }

    public ISharedStore Store { get; }

    /// <summary>The updates so far.</summary>
    public SharedUpdate[] Updates
    {
        get
        {
            lock (_gate)
                return [.. _updates];
        }
    }

    /// <summary>How the store was after each change, as text.</summary>
    public string[] States
    {
        get
        {
            lock (_gate)
                return [.. _states];
        }
    }

    /// <summary>What was wrong with the order of the calls; null where nothing was.</summary>
    public string? OrderFault
    {
        get
        {
            lock (_gate)
                return _fault;
        }
    }

    /// <summary>The value that the updates have given a key; null where it is absent.</summary>
    public string? Value(string key)
    {
        lock (_gate)
            return _updates.Count == 0 ? null : _updates[^1].Now.Entries.GetValueOrDefault(key)?.Value;
    }

    /// <summary>Waits until a key has a value; null waits for its absence.</summary>
    public Task UntilAsync(string key, string? value, double seconds = 20) =>
        Wait.UntilAsync(() => Value(key) == value && Updates.Length > 0,
            () => $"{key} is {Value(key) ?? "absent"}; {this}", seconds);

    public Task UntilAttachedAsync(double seconds = 20) =>
        Wait.UntilAsync(() => Store.IsAttached && Store.Session != 0, ToString, seconds);

    public override string ToString() =>
        $"attached {Store.IsAttached}, session {Store.Session}, revision {Store.Current.Revision}, "
            + $"trouble {Store.Trouble}, fault {Store.Fault}, {Updates.Length} updates";

    private void Update(SharedUpdate update)
    {
        Enter();
        lock (_gate)
        {
            var before = _updates.Count == 0 ? SharedSnapshot.Empty : _updates[^1].Now;
            if (update.Before != before)
                _fault = $"an update begins at revision {update.Before.Revision}, not {before.Revision}";
            if (Store.Current != update.Now)
                _fault = $"Current is {Store.Current.Revision} in an update to {update.Now.Revision}";
            var keys = update.Before.Entries.Keys.Union(update.Now.Entries.Keys).Where(k =>
                update.Before.Entries.GetValueOrDefault(k) != update.Now.Entries.GetValueOrDefault(k)).ToHashSet();
            if (!keys.IsSubsetOf(update.Keys))
                _fault = $"an update does not name {string.Join(' ', keys.Except(update.Keys))}";
            if (update.Keys.Distinct().Count() != update.Keys.Length)
                _fault = "an update names a key twice";
            _updates.Add(update);
        }

        Interlocked.Decrement(ref _inside);
    }

    private void Change()
    {
        Enter();
        lock (_gate)
            _states.Add(ToString());
        Interlocked.Decrement(ref _inside);
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _inside) == 1)
            return;
        lock (_gate)
            _fault = "two callbacks at once";
    }
}
