using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Watching;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Watches every registered cluster and publishes what is known of them. Clusters come and go with the configuration
/// and with the Secrets that lead to them; an unreachable one does not hold up others.
/// </summary>
public sealed class ClusterHub : IAsyncDisposable
{
    /// <summary>Changes within this time are published together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    /// <summary>How often kubeconfig files are read again.</summary>
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(10);

    // To read kubeconfigs, and to end what is watched no more, takes seconds at most.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);

    private readonly ClusterDirectory _directory;
    private readonly Action<Discovery> _published;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly Dictionary<string, (ClusterWatcher Watcher, string Access)> _watchers = [];
    private readonly Dictionary<string, string> _faults = [];
    private readonly ConcurrentDictionary<string, ClusterClient> _clients = [];
    private readonly LastAnnotations _annotations;

    // One waiting signal is enough, because the loop then looks at everything.
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _since;
    private volatile WatchRequest _request = new([], WantedObjects.None);
    private volatile Discovery _discovery = Discovery.None;

    /// <param name="home">The cluster that holds the resources, for Secrets; null for none.</param>
    /// <param name="published">Called with every new discovery, on the hub's loop.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives messages for people.</param>
    /// <param name="remembered">What was known before the start; null for nothing.</param>
    public ClusterHub(ClusterClient? home, Action<Discovery> published, TimeProvider time, Action<string> log,
        Discovery? remembered = null)
    {
        _annotations = new LastAnnotations(remembered ?? Discovery.None);
        (_published, _time, _log) = (published, time, log);
        _directory = new ClusterDirectory(home, Wake, time);
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>What is known of all clusters now.</summary>
    public Discovery Current => _discovery;

    /// <summary>Whether clusters are not looked at any more: a file that leads to one may hang.</summary>
    public bool IsStalled => _loop.IsFaulted
        || (Volatile.Read(ref _since) is not 0 and var since && _time.GetElapsedTime(since) > StallLimit);

    /// <summary>The API of a cluster; null where it is not watched.</summary>
    public ClusterClient? ClientOf(string name) => _clients.GetValueOrDefault(name);

    /// <summary>Sets which clusters are watched, and which of their objects are referred to.</summary>
    public void Update(ResourceSet resources)
    {
        _request = new WatchRequest([.. resources.Clusters.Values], WantedObjects.Of(resources));
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        foreach (var (watcher, _) in _watchers.Values)
            await watcher.DisposeAsync();
        await _directory.DisposeAsync();
        _stop.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = _time.CreateTimer(_ => Wake(), null, FileInterval, FileInterval);
        try
        {
            while (await _wake.Reader.WaitToReadAsync(cancellationToken))
            {
                _wake.Reader.TryRead(out _);
                Volatile.Write(ref _since, _time.GetTimestamp());
                await RefreshAsync();
                Volatile.Write(ref _since, 0);
                await Task.Delay(Gather, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The hub was disposed.
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            var request = _request;
            await _directory.UpdateAsync(request.Clusters);
            var names = _directory.Find(request.Clusters);
            await ReconcileAsync(names.Clusters);
            Publish(names, request.Wanted);
        }
        catch (Exception e)
        {
            // A fault nobody thought of must not end the watching of all clusters; the timer brings the next attempt.
            _log($"clusters could not be refreshed: {e.Message}");
        }
    }

    private void Publish(ClusterNames names, WantedObjects wanted)
    {
        var before = _discovery;
        _discovery = new Discovery(names.Clusters.ToImmutableDictionary(c => c.Name,
            c => _watchers.TryGetValue(c.Name, out var watched)
                ? _annotations.Apply(watched.Watcher.Read(c.Site, c.Annotations, wanted))
                : new DiscoveredCluster
                {
                    Name = c.Name,
                    Site = c.Site,
                    Annotations = c.Annotations,
                    Fault = _faults.GetValueOrDefault(c.Name, Contact.NotAsked),
                }))
        {
            Conflicts = names.Conflicts,
        };
        foreach (var (owner, conflict) in names.Conflicts.Except(before.Conflicts))
            _log($"Cluster {owner}: {conflict}");
        if (!_discovery.IsSameAs(before))
            _published(_discovery);
    }

    private async Task ReconcileAsync(ImmutableArray<NamedCluster> named)
    {
        foreach (var gone in _watchers.Keys.Except(named.Select(n => n.Name)).ToArray())
        {
            _watchers.Remove(gone, out var old);
            _clients.TryRemove(gone, out _);
            await old.Watcher.DisposeAsync();
        }

        foreach (var cluster in named)
        {
            try
            {
                var access = cluster.Access();
                if (_watchers.TryGetValue(cluster.Name, out var watched) && watched.Access == access.Key)
                    continue;
                var client = new ClusterClient(access.Configuration());
                _watchers[cluster.Name] = (new ClusterWatcher(cluster.Name, client, Wake, _time), access.Key);
                _clients[cluster.Name] = client;
                _faults.Remove(cluster.Name);
                _log($"cluster {cluster.Name} is watched at {client.Server}");
                if (watched.Watcher is not null)
                    await watched.Watcher.DisposeAsync();
            }
            catch (Exception e) when (e is ClusterConfigurationException or IOException or UnauthorizedAccessException)
            {
                // A cluster that is watched stays so: its new credentials may be about to come.
                if (e.Message != Contact.NotAsked && _faults.GetValueOrDefault(cluster.Name) != e.Message)
                    _log($"cluster {cluster.Name}: {e.Message}");
                _faults[cluster.Name] = e.Message;
            }
        }
    }

    private sealed record WatchRequest(ImmutableArray<Cluster> Clusters, WantedObjects Wanted);
}
