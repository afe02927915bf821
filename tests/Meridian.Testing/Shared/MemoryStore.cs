using System.Collections.Immutable;
using Meridian.State.Shared;

namespace Meridian.Testing.Shared;

/// <summary>One node's client of a <see cref="MemoryCluster"/>, which a test cuts off and heals.</summary>
public sealed class MemoryStore : ISharedStore
{
    private readonly MemoryCluster _cluster;
    private Action<SharedUpdate> _updated = _ => { };
    private Action _changed = () => { };
    private SharedSnapshot _known = SharedSnapshot.Empty; // ahead of Current while callbacks wait for their turn
    private long _session;
    private volatile SharedSnapshot _current = SharedSnapshot.Empty;
    private volatile bool _isAttached;
    private volatile string? _fault;
    private bool _isStarted;

    internal MemoryStore(MemoryCluster cluster) => _cluster = cluster;

    /// <inheritdoc/>
    public SharedSnapshot Current => _current;

    /// <inheritdoc/>
    public bool IsAttached => _isAttached;

    /// <inheritdoc/>
    public long Session => Interlocked.Read(ref _session);

    /// <inheritdoc/>
    public string? Fault => _fault;

    /// <inheritdoc/>
    public string? Trouble => IsCut ? "it is cut off" : _isStarted ? null : "it was not started";

    /// <summary>
    /// Whether what it commits from now on is done, but reported as <see cref="SharedOutcome.Unavailable"/>, as where a
    /// store's answer is lost.
    /// </summary>
    public bool LosesAnswers { get; set; }

    internal bool IsCut { get; private set; }

    /// <inheritdoc/>
    public void Start(Action<SharedUpdate> updated, Action changed) => _cluster.Do(() =>
    {
        (_updated, _changed, _isStarted) = (updated, changed, true);
        _cluster.Add(this);
        if (!IsCut)
            Attach();
    });

    /// <summary>
    /// Cuts it off: <see cref="Current"/> stays as it is, and what it commits is
    /// <see cref="SharedOutcome.Unavailable"/>.
    /// </summary>
    /// <param name="endsSession">Whether its session ends at once, with its keys; else by
    /// <see cref="MemoryCluster.ExpireSessions"/>.</param>
    public void Cut(bool endsSession = true) => _cluster.Do(() =>
    {
        IsCut = true;
        _isAttached = false;
        if (endsSession)
            EndSession();
        _cluster.Call(() => _changed());
    });

    /// <summary>
    /// Ends a cut: what was missed comes as one update, deletions too, and there is a new session where the old one has
    /// ended.
    /// </summary>
    public void Heal() => _cluster.Do(() =>
    {
        IsCut = false;
        if (_isStarted)
            Attach();
    });

    /// <summary>
    /// Ends the session as a store does that has heard too little of its node; a new one follows at once.
    /// </summary>
    public void LoseSession() => _cluster.Do(() =>
    {
        EndSession();
        if (!_isStarted || IsCut)
            return;
        Interlocked.Exchange(ref _session, _cluster.OpenSession());
        _cluster.Call(() => _changed());
    });

    /// <summary>Sets <see cref="Fault"/>.</summary>
    public void Report(string? fault) => _cluster.Do(() =>
    {
        _fault = fault;
        _cluster.Call(() => _changed());
    });

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No store takes such a transaction.</exception>
    public Task<SharedOutcome> CommitAsync(SharedTransaction transaction, TimeSpan limit)
    {
        if (SharedLimits.FaultOf(transaction) is { } fault)
            throw new ArgumentException(fault, nameof(transaction));
        return Task.FromResult(_cluster.Do(() =>
        {
            if (Trouble is { } trouble)
                return new SharedOutcome.Unavailable(trouble);
            var outcome = _cluster.Commit(transaction, Session);
            return LosesAnswers ? new SharedOutcome.Unavailable("the answer was lost") : outcome;
        }));
    }

    /// <summary>Ends the session, unless it is cut off, and calls nothing any more.</summary>
    public ValueTask DisposeAsync()
    {
        _cluster.Do(() =>
        {
            if (!IsCut)
                EndSession();
            _isAttached = false;
            _isStarted = false;
            _updated = _ => { };
            _changed = () => { };
            _cluster.Remove(this);
        });
        return ValueTask.CompletedTask;
    }

    internal void EndSession()
    {
        if (Interlocked.Exchange(ref _session, 0) is not 0 and var ended)
        {
            _cluster.CloseSession(ended);
            _cluster.Call(() => _changed());
        }
    }

    internal void Apply(SharedSnapshot now, ImmutableArray<string> keys)
    {
        var update = new SharedUpdate(_known, now, keys);
        _known = now;
        _cluster.Call(() =>
        {
            _current = now;
            _updated(update);
        });
    }

    private void Attach()
    {
        if (_known.Revision < _cluster.Current.Revision)
            Apply(_cluster.Current, Difference(_known, _cluster.Current));
        _isAttached = true;
        if (Session == 0)
            Interlocked.Exchange(ref _session, _cluster.OpenSession());
        _cluster.Call(() => _changed());
    }

    private static ImmutableArray<string> Difference(SharedSnapshot before, SharedSnapshot now) =>
        [.. before.Entries.Keys.Union(now.Entries.Keys, StringComparer.Ordinal)
            .Where(k => before.Entries.GetValueOrDefault(k) != now.Entries.GetValueOrDefault(k))
            .Order(StringComparer.Ordinal)];
}
