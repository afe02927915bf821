using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Meridian.Files;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Watching;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Knows which clusters there are and how each is reached: from kubeconfigs in files and Secrets, and from the cluster
/// Secrets of Argo CD. It watches those Secrets. Used by the hub's loop alone.
/// </summary>
/// <param name="home">The cluster that holds the resources, for Secrets; null for none.</param>
/// <param name="changed">Called when a Secret has changed, on several threads.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterDirectory(ClusterClient? home, Action changed, TimeProvider time) : IAsyncDisposable
{
    private readonly Dictionary<string, Informer<ClusterSecret>> _secrets = [];

    /// <summary>Watches the Secrets that lead to the clusters, and no others.</summary>
    public async Task UpdateAsync(ImmutableArray<Cluster> clusters)
    {
        if (home is null)
            return;
        var needed = new Dictionary<string, InformerOptions>();
        foreach (var cluster in clusters)
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
            var informer = _secrets[key] = new Informer<ClusterSecret>(home, ApiResources.Secrets, options,
                ClusterSecret.Of, _ => changed(), time);
            informer.Start();
        }
    }

    /// <summary>
    /// The clusters by the names that people know them by. Of several with one name, one has it: a Cluster with an
    /// access of its own before those of Argo CD, and of these the first by Cluster and Secret.
    /// </summary>
    public ClusterNames Find(ImmutableArray<Cluster> clusters)
    {
        var names = new Dictionary<string, NamedCluster>();
        var conflicts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var ordered = clusters.OrderBy(c => c.Name, StringComparer.Ordinal).ToImmutableArray();
        foreach (var one in Own(ordered).Concat(OfArgo(ordered)))
        {
            if (names.TryAdd(one.Name, one))
                continue;
            var conflict = $"{one.Source} is not used: the cluster `{one.Name}` is that of {names[one.Name].Source}";
            conflicts[one.Owner] = conflicts.TryGetValue(one.Owner, out var more) ? $"{more}; {conflict}" : conflict;
        }

        return new ClusterNames([.. names.Values], conflicts.ToImmutable());
    }

    private IEnumerable<NamedCluster> Own(ImmutableArray<Cluster> clusters) =>
        from cluster in clusters
        where cluster.Access is not null
        select new NamedCluster(cluster.Name, cluster.Name, $"Cluster `{cluster.Name}`", cluster.Site,
            cluster.Annotations, () => AccessOf(cluster.Name, cluster.Access!));

    private IEnumerable<NamedCluster> OfArgo(ImmutableArray<Cluster> clusters)
    {
        foreach (var cluster in clusters)
        {
            if (cluster.FromArgoCD is not { } argo || !_secrets.TryGetValue(ArgoKey(argo), out var informer))
                continue;
            foreach (var (_, secret) in informer.Objects.OrderBy(o => o.Value.Name, StringComparer.Ordinal))
            {
                // The name that Argo CD shows, which need not be the Secret's.
                if (secret.Text("name") is { Length: > 0 } name)
                    yield return new NamedCluster(name, cluster.Name,
                        $"Secret {secret.Name} (Cluster `{cluster.Name}`)",
                        secret.Labels.GetValueOrDefault(argo.SiteLabel) ?? cluster.Site, cluster.Annotations,
                        () => AccessOf(secret));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var informer in _secrets.Values)
            await informer.DisposeAsync();
    }

    private ClusterPath AccessOf(string name, ClusterAccess access)
    {
        if (access.InCluster)
            return new ClusterPath("in-cluster", ClusterConfiguration.InCluster);
        if (access.File is { } file)
        {
            var content = RegularFile.ReadBytes(file);
            return new ClusterPath(Hash("file", content),
                () => ClusterConfiguration.File(file, content, access.Context));
        }

        var secretName = access.Secret ?? access.ArgoSecret!;
        if (home is null)
            throw new ClusterConfigurationException(
                $"cluster {name}: its access is in a Secret, which only a node with --kubernetes can read");
        var informer = _secrets.GetValueOrDefault(secretName);
        var secret = informer?.Find(ObjectKey.Parse(secretName))
            ?? throw new ClusterConfigurationException(IsAsking(informer)
                ? Contact.NotAsked
                : $"there is no Secret {secretName}, or it cannot be read");
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

    private static bool IsAsking(Informer<ClusterSecret>? informer) =>
        informer is { Synced.IsCompleted: false, Contact.Fault: null or Contact.NotAsked };

    private static string ArgoKey(ArgoClusters argo) => $"argo {argo.Namespace} {argo.Selector}";

    private static string Hash(string sort, byte[] content) =>
        $"{sort} {Convert.ToHexString(SHA256.HashData(content))}";
}
