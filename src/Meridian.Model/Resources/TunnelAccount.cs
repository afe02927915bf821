using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>The service account of an agent that runs in Kubernetes.</summary>
[Rule("has(self.cluster) != has(self.issuer)",
    "exactly one of cluster and issuer is wanted")]
[Rule("!has(self.jwksFile) || has(self.issuer)",
    "jwksFile goes with issuer")]
public sealed record TunnelAccount
{
    [Field("Name of the Cluster whose API server is asked about the token (TokenReview)", Default = "none")]
    public string? Cluster { get; init; }

    [Field("Issuer of the cluster's tokens, for a cluster that no node reaches: they are checked by its keys",
        Default = "none")]
    public string? Issuer { get; init; }

    [Field("File with the issuer's keys (JWKS), where the issuer cannot be reached; read again when it changes",
        Default = "found by OIDC discovery at the issuer", IsPath = true)]
    public string? JwksFile { get; init; }

    [Field("Audience that the token must name")]
    public string Audience { get; init; } = "meridian";

    [Field("Namespace of the service account")]
    public required string Namespace { get; init; }

    [Field("Its name")]
    public required string Name { get; init; }
}
