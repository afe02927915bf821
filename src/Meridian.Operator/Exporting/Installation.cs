using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;

namespace Meridian.Operator.Exporting;

/// <summary>
/// The installation that these nodes are of, as everything says that it writes into clusters: another Meridian may
/// write there too, and each sweeps away its own alone.
/// </summary>
/// <param name="home">The cluster that holds the resources.</param>
/// <param name="resources">The namespace of the resources; null for all.</param>
public sealed class Installation(ClusterClient home, string? resources)
{
    /// <summary>The label with the id.</summary>
    public const string Label = "meridian.dev/installation";

    /// <summary>A namespace that every cluster has for as long as it lives; its UID is the cluster's.</summary>
    private static readonly ObjectKey OfCluster = new("", "kube-system");

    private string? _id;

    /// <summary>
    /// The id: of the home cluster, the namespace that the nodes are in, and that of the resources. All nodes of an
    /// installation have the same, after every restart.
    /// </summary>
    /// <exception cref="IOException">The home cluster does not say which one it is.</exception>
    public async Task<string> IdAsync(CancellationToken cancellationToken)
    {
        if (_id is { } known)
            return known;
        var cluster = await home.FindAsync(ApiResources.Namespaces, OfCluster, cancellationToken);
        if ((string?)cluster?["metadata"]?["uid"] is not { Length: > 0 } uid)
            throw new IOException($"the cluster of the resources has no namespace {OfCluster.Name}");
        var text = string.Join('\n', uid, home.Namespace, resources);
        return _id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    /// <summary>
    /// Whether an object may be written: there is none, it is of this installation, or Meridian wrote it, by its own
    /// label, before installations had names.
    /// </summary>
    public static bool MayWrite(JsonObject? existing, string id, string label) =>
        existing is null || (existing["metadata"]?["labels"] is { } labels && labels[label] is not null
            && ((string?)labels[Label] is not { } other || other == id));

    /// <summary>Why an object may not be written.</summary>
    public static string Foreign(JsonObject existing, string label) =>
        existing["metadata"]?["labels"] is { } labels && labels[label] is not null
            ? $"is of another Meridian (installation {labels[Label]}); it is left alone"
            : "is there already and is not Meridian's; it is left alone";
}
