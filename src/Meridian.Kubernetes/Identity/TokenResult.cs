namespace Meridian.Kubernetes.Identity;

/// <summary>The result of checking a token: an account or a refusal.</summary>
/// <param name="Account">The account that the token belongs to; null where it is refused.</param>
/// <param name="Refusal">Why the token is refused, for its sender; null where it is accepted.</param>
public sealed record TokenResult(ServiceAccount? Account, string? Refusal)
{
    public static TokenResult Of(ServiceAccount account) => new(account, null);

    public static TokenResult Refuse(string reason) => new(null, reason);
}
