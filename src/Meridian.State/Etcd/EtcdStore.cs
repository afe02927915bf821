using Meridian.State.Shared;

namespace Meridian.State.Etcd;

/// <summary>
/// The store that nodes share, in etcd 3.4 or newer. Its own loops follow the store, keep the session, ask the members
/// how they are, and call back; none of them ends before the store is disposed.
/// </summary>
public sealed class EtcdStore : ISharedStore
{
    private static readonly TimeSpan RevokeLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly EtcdFaults _faults = new();
    private readonly EtcdContact _contact;
    private readonly EtcdCallbacks _callbacks;
    private readonly EtcdChannels _channels;
    private readonly EtcdView _view;
    private readonly EtcdReflector _reflector;
    private readonly EtcdLease _lease;
    private readonly EtcdTransactions _transactions;
    private readonly EtcdSurvey _survey;
    private Task _loops = Task.CompletedTask;
    private int _started;
    private int _disposed;

    /// <param name="options">Where etcd is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Chooses the first member and shortens pauses; null for the process's own.</param>
    /// <exception cref="ArgumentException">There is no endpoint.</exception>
    /// <exception cref="IOException">A file of TLS cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of TLS may not be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file of TLS holds no certificate or
    /// key.</exception>
    public EtcdStore(EtcdOptions options, TimeProvider time, Random? chance = null)
    {
        if (options.Endpoints.IsDefaultOrEmpty)
            throw new ArgumentException("etcd has no endpoint", nameof(options));
        if (options.IsTls)
            new EtcdTls(options).Read("");
        chance ??= Random.Shared;
        var (identity, retry) = (new EtcdIdentity(_faults), new EtcdRetry(time, chance));
        var keys = new EtcdKeys(options.Prefix);
        var calls = new EtcdCalls(options, identity, new EtcdCredentials(options), time);
        _time = time;
        _contact = new EtcdContact(time);
        _callbacks = new EtcdCallbacks(_faults, time);
        _channels = new EtcdChannels(options, time, chance);
        _view = new EtcdView(keys, _faults);
        _reflector = new EtcdReflector(_channels, calls, identity, new EtcdLister(calls, identity, keys),
            new EtcdWatcher(options, calls, identity, keys, _view, retry, time), retry);
        _lease = new EtcdLease(_channels, calls, identity, retry, time);
        _transactions = new EtcdTransactions(_channels, calls, identity, keys, _faults, time);
        _survey = new EtcdSurvey(options, _channels, calls, _faults, time);
        _faults.Changed += _callbacks.Wake;
    }

    /// <inheritdoc/>
    public SharedSnapshot Current => _callbacks.Current;

    /// <inheritdoc/>
    public bool IsAttached => _contact.IsAttached && _callbacks.IsAttached;

    /// <inheritdoc/>
    public long Session => _lease.Session;

    /// <inheritdoc/>
    public string? Fault => _faults.Text;

    /// <inheritdoc/>
    public string? Trouble => IsAttached ? null : _contact.Trouble;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was started already.</exception>
    public void Start(Action<SharedUpdate> updated, Action changed)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("the store was started already");
        var token = _stop.Token;
        _loops = Task.WhenAll(
            Task.Run(() => _callbacks.RunAsync(updated, changed, Observe, token)),
            Task.Run(() => _reflector.RunAsync(_view, _contact, _callbacks, token)),
            Task.Run(() => _lease.RunAsync(_callbacks.Wake, token)),
            Task.Run(() => _survey.RunAsync(token)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No store takes such a transaction (<see cref="SharedLimits"/>).</exception>
    public async Task<SharedOutcome> CommitAsync(SharedTransaction transaction, TimeSpan limit)
    {
        if (SharedLimits.FaultOf(transaction) is { } fault)
            throw new ArgumentException(fault, nameof(transaction));
        if (Volatile.Read(ref _disposed) != 0)
            return new SharedOutcome.Unavailable("the store is being closed");
        var session = Session;
        var outcome = await _transactions.CommitAsync(transaction, _lease, limit, _stop.Token);
        if (Session != session)
            _callbacks.Wake();
        return outcome;
    }

    /// <summary>
    /// Asks every member how it is; needs no <see cref="Start"/>, and takes little more than a second.
    /// </summary>
    public Task<EtcdStoreStatus> StatusAsync(CancellationToken cancellationToken) =>
        _survey.AskAsync(cancellationToken);

    /// <summary>Ends all loops, then the session with its keys; five seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        await Task.WhenAny(_loops, Task.Delay(StopLimit, _time));
        using (var limit = new CancellationTokenSource(RevokeLimit, _time))
            await _lease.RevokeAsync(limit.Token);
        _channels.Dispose();
    }

    private (EtcdCondition, TimeSpan) Observe()
    {
        var dues = (TimeSpan[])[_contact.Due, _lease.Due];
        var due = dues.Where(d => d >= TimeSpan.Zero).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min();
        return (new EtcdCondition(_contact.IsAttached, Session, Fault), due);
    }
}
