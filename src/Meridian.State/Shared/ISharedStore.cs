namespace Meridian.State.Shared;

/// <summary>
/// A store that the nodes of a cluster share: keys with revisions, transactions, and one session (lease) for this node.
/// What was read last stays readable while the store is away. Nothing on the path of a query touches it.
/// </summary>
public interface ISharedStore : IAsyncDisposable
{
    /// <summary>What was read last.</summary>
    SharedSnapshot Current { get; }

    /// <summary>
    /// Whether <see cref="Current"/> follows the store: the watch has made progress within the last five seconds.
    /// </summary>
    bool IsAttached { get; }

    /// <summary>Number of this node's session; another after each loss, 0 while there is none.</summary>
    long Session { get; }

    /// <summary>
    /// What a person must see to (the store was restored from a backup, is another cluster's, is full), or null. That
    /// it is away is no fault: <see cref="IsAttached"/> says so.
    /// </summary>
    string? Fault { get; }

    /// <summary>Why the store is away, in words; null while it is not.</summary>
    string? Trouble { get; }

    /// <summary>
    /// Begins to follow the store and to keep the session, until disposed.
    /// </summary>
    /// <param name="updated">Called for every change of <see cref="Current"/>, in order, one at a time; must be
    /// quick.</param>
    /// <param name="changed">Called after <see cref="IsAttached"/>, <see cref="Session"/> or <see cref="Fault"/> has
    /// changed; must be quick.</param>
    void Start(Action<SharedUpdate> updated, Action changed);

    /// <summary>Does all writes of a transaction, or none.</summary>
    /// <param name="transaction">The transaction. Leased writes need a session: without one the outcome is
    /// <see cref="SharedOutcome.Unavailable"/>.</param>
    /// <param name="limit">How long to try.</param>
    Task<SharedOutcome> CommitAsync(SharedTransaction transaction, TimeSpan limit);
}
