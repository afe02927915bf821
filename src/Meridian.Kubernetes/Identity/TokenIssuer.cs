namespace Meridian.Kubernetes.Identity;

/// <summary>An issuer whose tokens are believed, and how they are checked.</summary>
/// <param name="Url">What tokens name in <c>iss</c>.</param>
/// <param name="Audience">What they must name in <c>aud</c>.</param>
/// <param name="JwksFile">File with its keys; null for discovery.</param>
/// <param name="Reviewer">Asks its API server; null to check by keys.</param>
public sealed record TokenIssuer(string Url, string Audience, string? JwksFile, Func<ClusterClient?>? Reviewer)
{
    /// <summary>
    /// Whether its API server is asked whatever issuer a token names; <see cref="Url"/> is then only what people call
    /// it.
    /// </summary>
    public bool ByReviewAlone { get; init; }
}
