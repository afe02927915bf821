using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using k8s;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Watching;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Watches every registered cluster and tells what they say. Clusters come and go with the configuration and with the
/// Secrets that lead to them; each is watched by itself, so that one that is away holds up no other.
/// </summary>
public sealed class ClusterHub : IAsyncDisposable
{
    /// <summary>Changes within this time are told together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    /// <summary>Files are looked at this often.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly ClusterClient? _home;
    private readonly Action<Discovery> _told;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly Dictionary<string, (ClusterWatcher Watcher, string Access)> _watchers = [];
    private readonly Dictionary<string, Informer<ClusterSecret>> _secrets = [];
    private readonly Dictionary<string, string> _faults = [];
    private readonly ConcurrentDictionary<string, ClusterClient> _clients = [];

    // One waiting word is enough: who hears it looks at everything.
    private readonly Channel<bool> _wake =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private volatile Wanted _wanted = new([], ImmutableHashSet<ClusterReference>.Empty);
    private volatile Discovery _discovery = Discovery.None;

    /// <param name="home">The cluster that holds the resources, for Secrets; null for none.</param>
    /// <param name="told">Is told of every new discovery, on the hub's loop.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Is told what a person may want to know.</param>
    public ClusterHub(ClusterClient? home, Action<Discovery> told, TimeProvider time, Action<string> log)
    {
        (_home, _told, _time, _log) = (home, told, time, log);
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>What all clusters say now.</summary>
    public Discovery Current => _discovery;

    /// <summary>The API of a cluster; null where it is not watched.</summary>
    public ClusterClient? ClientOf(string name) => _clients.GetValueOrDefault(name);

    /// <summary>Sets which clusters are watched, and which of their objects are asked for by name.</summary>
    public void Update(ResourceSet resources)
    {
        _wanted = new Wanted([.. resources.Clusters.Values],
            [.. resources.Pools.Values.SelectMany(p => p.Addresses).Select(a => a.From?.Reference)
                .Where(r => r is not null).Select(r => r!.Value)]);
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        foreach (var (watcher, _) in _watchers.Values)
            await watcher.DisposeAsync();
        foreach (var informer in _secrets.Values)
            await informer.DisposeAsync();
        _stop.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = _time.CreateTimer(_ => Wake(), null, Look, Look);
        try
        {
            while (await _wake.Reader.WaitToReadAsync(cancellationToken))
            {
                _wake.Reader.TryRead(out _);
                await ReconcileAsync();
                Tell();
                await Task.Delay(Gather, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private void Tell()
    {
        var wanted = _wanted;
        var clusters = ImmutableDictionary.CreateBuilder<string, DiscoveredCluster>();
        foreach (var (name, site, annotations) in Named(wanted).Select(n => (n.Name, n.Site, n.Annotations)))
        {
            clusters[name] = _watchers.TryGetValue(name, out var watched)
                ? watched.Watcher.Read(site, annotations, wanted.References)
                : new DiscoveredCluster
                {
                    Name = name,
                    Site = site,
                    Annotations = annotations,
                    Fault = _faults.GetValueOrDefault(name, Contact.NotAsked),
                };
        }

        var before = _discovery;
        _discovery = new Discovery(clusters.ToImmutable());
        if (!_discovery.IsSameAs(before))
            _told(_discovery);
    }

    private async Task ReconcileAsync()
    {
        var wanted = _wanted;
        await WatchSecretsAsync(wanted);
        var named = Named(wanted).ToArray();
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
                // One that was well stays as it is: its credentials may be about to come.
                if (e.Message != Contact.NotAsked && _faults.GetValueOrDefault(cluster.Name) != e.Message)
                    _log($"cluster {cluster.Name}: {e.Message}");
                _faults[cluster.Name] = e.Message;
            }
        }
    }

    private IEnumerable<NamedCluster> Named(Wanted wanted)
    {
        foreach (var cluster in wanted.Clusters)
        {
            if (cluster.Access is { } access)
                yield return new NamedCluster(cluster.Name, cluster.Site, cluster.Annotations,
                    () => AccessOf(cluster.Name, access));
            if (cluster.FromArgoCD is not { } argo || !_secrets.TryGetValue(ArgoKey(argo), out var informer))
                continue;
            foreach (var (_, secret) in informer.Objects.OrderBy(o => o.Value.Name, StringComparer.Ordinal))
            {
                // The name that Argo CD shows, which need not be the Secret's.
                if (secret.Text("name") is { Length: > 0 } name)
                    yield return new NamedCluster(name, secret.Labels.GetValueOrDefault(argo.SiteLabel) ?? cluster.Site,
                        cluster.Annotations, () => AccessOf(secret));
            }
        }
    }

    private ClusterPath AccessOf(string name, ClusterAccess access)
    {
        if (access.InCluster)
            return new ClusterPath("in-cluster", ClusterConfiguration.InCluster);
        if (access.File is { } file)
        {
            var content = File.ReadAllBytes(file);
            return new ClusterPath(Hash("file", content), () => ClusterConfiguration.File(file, access.Context));
        }

        var secretName = access.Secret ?? access.ArgoSecret!;
        if (_home is null)
            throw new ClusterConfigurationException(
                $"cluster {name}: its access is in a Secret, which only a node with --kubernetes can read");
        var informer = _secrets.GetValueOrDefault(secretName);
        var secret = informer?.Find(ObjectKey.Parse(secretName))
            ?? throw new ClusterConfigurationException(informer is { Synced.IsCompleted: false,
                Contact.Fault: null or Contact.NotAsked }
                ? Contact.NotAsked : $"there is no Secret {secretName}, or it cannot be read");
        if (access.ArgoSecret is not null)
            return AccessOf(secret);
        var data = secret.Data.GetValueOrDefault(access.Key)
            ?? throw new ClusterConfigurationException(
                $"Secret {secretName} has no key `{access.Key}`; it has {string.Join(", ", secret.Data.Keys.Order())}");
        return new ClusterPath(Hash("secret", data),
            () => ClusterConfiguration.Text($"Secret {secretName}", data, access.Context));
    }

    private static ClusterPath AccessOf(ClusterSecret secret)
    {
        var (server, config) = (secret.Text("server") ?? "", secret.Text("config") ?? "{}");
        return new ClusterPath(Hash(server, Encoding.UTF8.GetBytes(config)),
            () => ClusterConfiguration.Argo($"Secret {secret.Name}", server, config));
    }

    private async Task WatchSecretsAsync(Wanted wanted)
    {
        if (_home is null)
            return;
        var needed = new Dictionary<string, InformerOptions>();
        foreach (var cluster in wanted.Clusters)
        {
            if ((cluster.Access?.Secret ?? cluster.Access?.ArgoSecret) is { } name)
            {
                var key = ObjectKey.Parse(name);
                needed[name] = new InformerOptions
                {
                    Namespace = key.Namespace,
                    FieldSelector = $"metadata.name={key.Name}",
                };
            }

            if (cluster.FromArgoCD is { } argo)
            {
                const string Label = "argocd.argoproj.io/secret-type=cluster";
                needed[ArgoKey(argo)] = new InformerOptions
                {
                    Namespace = argo.Namespace,
                    LabelSelector = argo.Selector is null ? Label : $"{Label},{argo.Selector}",
                };
            }
        }

        foreach (var gone in _secrets.Keys.Except(needed.Keys).ToArray())
        {
            _secrets.Remove(gone, out var informer);
            await informer!.DisposeAsync();
        }

        foreach (var (key, options) in needed.Where(n => !_secrets.ContainsKey(n.Key)))
        {
            var informer = _secrets[key] = new Informer<ClusterSecret>(_home, ApiResources.Secrets, options,
                ClusterSecret.Of, _ => Wake(), _time);
            informer.Start();
        }
    }

    private static string ArgoKey(ArgoClusters argo) => $"argo {argo.Namespace} {argo.Selector}";

    private static string Hash(string sort, byte[] content) =>
        $"{sort} {Convert.ToHexString(SHA256.HashData(content))}";

    private sealed record Wanted(ImmutableArray<Cluster> Clusters, ImmutableHashSet<ClusterReference> References);

    private sealed record NamedCluster(string Name, string? Site, bool Annotations, Func<ClusterPath> Access);

    private sealed record ClusterPath(string Key, Func<KubernetesClientConfiguration> Configuration);
}
