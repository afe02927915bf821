namespace Meridian.Kubernetes.Identity;

/// <summary>
/// A way to prove tokens: by an issuer's keys or by a cluster that is asked. Two of them that are equal prove the same
/// tokens; clusters often share the text of their issuer, so that the text alone tells nobody apart.
/// </summary>
/// <param name="Url">What tokens must name in <c>iss</c>; null where the cluster is asked whatever they name.</param>
/// <param name="Audience">What they must name in <c>aud</c>.</param>
/// <param name="JwksFile">File with its keys; null for discovery.</param>
/// <param name="Cluster">Name of the cluster whose API server is asked; null to check tokens by keys.</param>
public sealed record TokenIssuer(string? Url, string Audience, string? JwksFile, string? Cluster)
{
    public override string ToString() => (Url, Cluster, JwksFile) switch
    {
        (null, _, _) => $"cluster {Cluster}",
        (_, { }, _) => $"{Url} (cluster {Cluster})",
        (_, _, { }) => $"{Url} ({JwksFile})",
        _ => Url,
    };
}
