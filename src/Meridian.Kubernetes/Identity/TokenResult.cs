using System.Collections.Immutable;

namespace Meridian.Kubernetes.Identity;

/// <summary>The result of checking a token.</summary>
/// <param name="Proofs">
/// Everything that proves the token: one as a rule, several where issuers hold the same keys; none where it is refused.
/// </param>
/// <param name="Refusal">Why the token is refused, for its sender; null where something proves it.</param>
public sealed record TokenResult(ImmutableArray<TokenProof> Proofs, string? Refusal)
{
    public static TokenResult Of(TokenIssuer issuer, ServiceAccount account) =>
        new([new TokenProof(issuer, account)], null);

    public static TokenResult Refuse(string reason) => new([], reason);
}
