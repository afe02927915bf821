namespace Meridian.Kubernetes.Identity;

/// <summary>The account that a token belongs to.</summary>
/// <param name="Issuer">The issuer of the token, which identifies the cluster.</param>
/// <param name="Namespace">Namespace of the service account.</param>
/// <param name="Name">Name of the service account.</param>
public sealed record ServiceAccount(string Issuer, string Namespace, string Name)
{
    private const string Prefix = "system:serviceaccount:";

    /// <summary>
    /// Reads the subject of a token, or the user name of a review: <c>system:serviceaccount:NAMESPACE:NAME</c>.
    /// </summary>
    public static ServiceAccount? Parse(string issuer, string? subject) =>
        subject is not null && subject.StartsWith(Prefix, StringComparison.Ordinal)
        && subject[Prefix.Length..].Split(':') is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? new ServiceAccount(issuer, ns, name) : null;

    public override string ToString() => $"{Namespace}/{Name} of {Issuer}";
}
