using System.Collections.Immutable;
using Meridian.State.Shared;

namespace Meridian.Testing.Shared;

/// <summary>
/// A store that nodes of a test share, in memory: revisions, keys and sessions as etcd has them. Nothing happens by
/// itself: a callback of a <see cref="MemoryStore"/> runs in the caller of what causes it, before the call returns,
/// under one lock for the whole cluster. Only what a callback itself causes waits until that callback has returned, so
/// that every store sees all changes in one order. A callback must not wait for another thread that uses the cluster.
/// </summary>
public sealed class MemoryCluster
{
    private readonly Lock _gate = new();
    private readonly List<MemoryStore> _stores = [];
    private readonly Dictionary<string, long> _owners = new(StringComparer.Ordinal); // sessions of leased keys
    private readonly HashSet<long> _sessions = [];
    private readonly Queue<Action> _due = new();
    private bool _delivers;
    private long _lastSession;
    private volatile SharedSnapshot _current = SharedSnapshot.Empty with { Revision = 1 };

    /// <summary>What is stored now, whoever has seen it.</summary>
    public SharedSnapshot Current => _current;

    /// <summary>A client for one node; it follows the cluster from <see cref="MemoryStore.Start"/> on.</summary>
    public MemoryStore Connect() => new(this);

    /// <summary>
    /// Ends the sessions of all stores that are cut off, or were when they were disposed, as when their time has run
    /// out.
    /// </summary>
    public void ExpireSessions() => Do(() =>
    {
        foreach (var store in _stores.Where(s => s.IsCut))
            store.EndSession();
        foreach (var session in _sessions.Except(_stores.Select(s => s.Session)).ToArray())
            CloseSession(session);
    });

    /// <summary>Runs something under the cluster's lock, and then all callbacks that it causes.</summary>
    internal T Do<T>(Func<T> action)
    {
        lock (_gate)
        {
            var result = action();
            Deliver();
            return result;
        }
    }

    /// <inheritdoc cref="Do{T}(Func{T})"/>
    internal void Do(Action action) => Do(() =>
    {
        action();
        return true;
    });

    /// <summary>Runs a callback in its turn.</summary>
    internal void Call(Action callback) => _due.Enqueue(callback);

    internal void Add(MemoryStore store) => _stores.Add(store);

    internal void Remove(MemoryStore store) => _stores.Remove(store);

    internal long OpenSession()
    {
        _sessions.Add(++_lastSession);
        return _lastSession;
    }

    /// <summary>Ends a session: all its keys go with one revision.</summary>
    internal void CloseSession(long session)
    {
        if (!_sessions.Remove(session))
            return;
        var keys = _owners.Where(o => o.Value == session).Select(o => o.Key).Order(StringComparer.Ordinal);
        Write([.. keys.Select(k => new SharedWrite(k, null))], session: 0);
    }

    internal SharedOutcome Commit(SharedTransaction transaction, long session)
    {
        if (transaction.Writes.Any(w => w.Leased) && !_sessions.Contains(session))
            return new SharedOutcome.Unavailable("this node has no session");
        foreach (var (key, modified) in transaction.Conditions)
        {
            if ((_current.Entries.TryGetValue(key, out var entry) ? entry.Modified : 0) != modified)
                return new SharedOutcome.Conflict();
        }

        Write(transaction.Writes, session);
        return new SharedOutcome.Committed(_current.Revision);
    }

    // A deletion of what is not there makes no revision, as with etcd.
    private void Write(ImmutableArray<SharedWrite> writes, long session)
    {
        var revision = _current.Revision + 1;
        var entries = _current.Entries.ToBuilder();
        var keys = ImmutableArray.CreateBuilder<string>();
        foreach (var (key, value, leased) in writes)
        {
            entries.TryGetValue(key, out var before);
            if (value is null && before is null)
                continue;
            keys.Add(key);
            if (value is null)
                entries.Remove(key);
            else
                entries[key] = new SharedEntry(key, value, before?.Created ?? revision, revision);
            if (value is not null && leased)
                _owners[key] = session;
            else
                _owners.Remove(key);
        }

        if (keys.Count == 0)
            return;
        _current = new SharedSnapshot(revision, entries.ToImmutable());
        foreach (var store in _stores.Where(s => s.IsAttached))
            store.Apply(_current, keys.ToImmutable());
    }

    private void Deliver()
    {
        if (_delivers)
            return; // a callback has caused this; who called it goes on with what waits
        _delivers = true;
        try
        {
            while (_due.TryDequeue(out var callback))
                callback();
        }
        finally
        {
            _delivers = false;
        }
    }
}
