namespace Meridian.Kubernetes.Identity;

/// <summary>What became of a token: an account, or why not.</summary>
/// <param name="Account">Who it speaks for; null where it is refused.</param>
/// <param name="Refusal">Why it is refused, for the one who presented it; null where it is not.</param>
public sealed record TokenResult(ServiceAccount? Account, string? Refusal)
{
    public static TokenResult Of(ServiceAccount account) => new(account, null);

    public static TokenResult Refuse(string reason) => new(null, reason);
}
