namespace Meridian.Kubernetes.Identity;

/// <summary>A trusted issuer of tokens, and how its tokens are checked.</summary>
/// <param name="Url">What tokens must name in <c>iss</c>.</param>
/// <param name="Audience">What they must name in <c>aud</c>.</param>
/// <param name="JwksFile">File with its keys; null for discovery.</param>
/// <param name="Reviewer">Finds the API server that is asked about tokens; null to check them by keys.</param>
public sealed record TokenIssuer(string Url, string Audience, string? JwksFile, Func<ClusterClient?>? Reviewer)
{
    /// <summary>
    /// Whether the API server is asked whatever issuer a token names; <see cref="Url"/> is then only a name for people.
    /// </summary>
    public bool ByReviewAlone { get; init; }
}
