namespace Meridian.Kubernetes.Identity;

/// <summary>What a token was found to be.</summary>
/// <param name="Issuer">Whose keys, or which cluster, proved it.</param>
/// <param name="Account">The account that it belongs to.</param>
public sealed record TokenProof(TokenIssuer Issuer, ServiceAccount Account);
