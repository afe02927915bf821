using System.Collections.Concurrent;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Observing;

/// <summary>What has happened on a route, by site; for metrics and status.</summary>
public sealed class RouteCounts
{
    private readonly ConcurrentDictionary<string, long[]> _attempts = [];
    private readonly ConcurrentDictionary<(string Site, FailurePhase Phase), long[]> _failovers = [];
    private readonly ConcurrentDictionary<string, long[]> _lost = [];
    private readonly ConcurrentDictionary<string, long[]> _resumed = [];
    private readonly ConcurrentDictionary<string, long[]> _served = [];

    private long _hedgesWon;
    private long _hedgesLost;

    /// <summary>Second addresses that answered first, and those that did not.</summary>
    public (long Won, long Lost) Hedges => (Volatile.Read(ref _hedgesWon), Volatile.Read(ref _hedgesLost));

    public IEnumerable<(string Site, long Count)> Attempts =>
        _attempts.Select(p => (p.Key, Volatile.Read(ref p.Value[0])));

    public IEnumerable<(string Site, FailurePhase Phase, long Count)> Failovers =>
        _failovers.Select(p => (p.Key.Site, p.Key.Phase, Volatile.Read(ref p.Value[0])));

    public IEnumerable<(string Site, long Count)> LostStreams =>
        _lost.Select(p => (p.Key, Volatile.Read(ref p.Value[0])));

    public IEnumerable<(string Site, long Count)> ResumedStreams =>
        _resumed.Select(p => (p.Key, Volatile.Read(ref p.Value[0])));

    public IEnumerable<(string Site, long Count)> ServedRequests =>
        _served.Select(p => (p.Key, Volatile.Read(ref p.Value[0])));

    internal void Attempt(string site) => Add(_attempts, site);

    internal void Failover(string site, FailurePhase phase) => Add(_failovers, (site, phase));

    internal void Lost(string site) => Add(_lost, site);

    internal void Resumed(string site) => Add(_resumed, site);

    internal void Served(string site) => Add(_served, site);

    internal void Hedge(bool won) => Interlocked.Increment(ref won ? ref _hedgesWon : ref _hedgesLost);

    private static void Add<T>(ConcurrentDictionary<T, long[]> counts, T key) where T : notnull =>
        Interlocked.Increment(ref counts.GetOrAdd(key, _ => new long[1])[0]);
}
