using System.Collections.Immutable;
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Meridian.Dns.Serving;

namespace Meridian.NameServer.Flattening;

/// <summary>
/// Resolves the host names of pools with <c>flatten</c>, again whenever their TTL runs out, and keeps the last known
/// addresses while they cannot be resolved.
/// </summary>
public sealed class HostResolver : IAsyncDisposable
{
    private static readonly TimeSpan MinRefresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRefresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    // A question has a time-out of seconds.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);

    private readonly LookupClient _client;
    private readonly TimeProvider _time;
    private readonly Action<string, string> _changed;
    private readonly Action<string, string> _failed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, (CancellationTokenSource Stop, Task Loop)> _loops = [];
    private ImmutableDictionary<string, GuardedLoop> _turns = ImmutableDictionary<string, GuardedLoop>.Empty;
    private ImmutableHashSet<string> _unasked = [];
    private ImmutableDictionary<string, ImmutableArray<IPAddress>> _addresses =
        ImmutableDictionary<string, ImmutableArray<IPAddress>>.Empty;

    /// <param name="servers">Resolvers to ask; none for the system's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called with a name and its new addresses.</param>
    /// <param name="failed">Called with a name and the reason why it cannot be resolved.</param>
    public HostResolver(IReadOnlyList<IPEndPoint> servers, TimeProvider time, Action<string, string> changed,
        Action<string, string> failed)
    {
        var options = servers.Count > 0 ? new LookupClientOptions([.. servers]) : new LookupClientOptions();
        options.UseCache = false;
        options.Timeout = TimeSpan.FromSeconds(2);
        options.Retries = 1;
        _client = new LookupClient(options);
        _time = time;
        _changed = changed;
        _failed = failed;
    }

    /// <summary>Whether every name has been asked for at least once, with whatever answer.</summary>
    public bool HasAskedAll => Volatile.Read(ref _unasked).IsEmpty;

    /// <summary>A name whose question has not ended for minutes; null for none.</summary>
    public string? Stalled => Volatile.Read(ref _turns).FirstOrDefault(t => t.Value.IsStalled).Key;

    public ImmutableArray<IPAddress> Find(string hostname) =>
        Volatile.Read(ref _addresses).GetValueOrDefault(hostname, []);

    /// <summary>Sets which names are resolved. Called by one thread.</summary>
    public void Update(IReadOnlySet<string> hostnames)
    {
        foreach (var (name, loop) in _loops.Where(l => !hostnames.Contains(l.Key)).ToArray())
        {
            loop.Stop.Cancel();
            _loops.Remove(name);
            ImmutableInterlocked.TryRemove(ref _turns, name, out _);
            ImmutableInterlocked.TryRemove(ref _addresses, name, out _);
            ImmutableInterlocked.Update(ref _unasked, static (names, one) => names.Remove(one), name);
        }

        foreach (var name in hostnames.Where(n => !_loops.ContainsKey(n)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            ImmutableInterlocked.Update(ref _unasked, static (names, one) => names.Add(one), name);
            var turns = new GuardedLoop(StallLimit, e => _failed(name, e.Message), _time);
            ImmutableInterlocked.AddOrUpdate(ref _turns, name, turns, (_, _) => turns);
            _loops[name] = (stop, Task.Run(() => RunAsync(turns, name, stop.Token)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops.Values.Select(l => l.Loop));
        _stop.Dispose();
    }

    private Task RunAsync(GuardedLoop turns, string name, CancellationToken cancellationToken)
    {
        var delay = Retry;
        return turns.RunAsync(async token =>
        {
            try
            {
                delay = await RefreshAsync(name, token);
            }
            finally
            {
                ImmutableInterlocked.Update(ref _unasked, static (names, one) => names.Remove(one), name);
            }
        }, token => Task.Delay(delay, _time, token), cancellationToken);
    }

    private async Task<TimeSpan> RefreshAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var v4 = await _client.QueryAsync(name, QueryType.A, cancellationToken: cancellationToken);
            var v6 = await _client.QueryAsync(name, QueryType.AAAA, cancellationToken: cancellationToken);
            var records = v4.Answers.Concat(v6.Answers).ToArray();
            var found = records.OfType<AddressRecord>().Select(r => r.Address).Distinct()
                .OrderBy(a => a.AddressFamily).ThenBy(a => a.ToString(), StringComparer.Ordinal).ToImmutableArray();
            if (found.IsEmpty)
            {
                _failed(name, v4.HasError ? v4.ErrorMessage : "it has no address");
                return Retry;
            }

            if (!Find(name).SequenceEqual(found))
            {
                ImmutableInterlocked.AddOrUpdate(ref _addresses, name, found, (_, _) => found);
                _changed(name, string.Join(", ", found));
            }

            var ttl = TimeSpan.FromSeconds(records.Min(r => r.TimeToLive));
            return ttl < MinRefresh ? MinRefresh : ttl > MaxRefresh ? MaxRefresh : ttl;
        }
        catch (Exception e) when (e is DnsResponseException or IOException or System.Net.Sockets.SocketException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _failed(name, e.Message);
            return Retry;
        }
    }
}
