namespace Meridian.Kubernetes.Identity;

/// <summary>A service account of some cluster.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
public sealed record ServiceAccount(string Namespace, string Name)
{
    private const string Prefix = "system:serviceaccount:";

    /// <summary>
    /// Reads the subject of a token, or the user name of a review: <c>system:serviceaccount:NAMESPACE:NAME</c>.
    /// </summary>
    public static ServiceAccount? Parse(string? subject) =>
        subject is not null && subject.StartsWith(Prefix, StringComparison.Ordinal)
        && subject[Prefix.Length..].Split(':') is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? new ServiceAccount(ns, name) : null;

    public override string ToString() => $"{Namespace}/{Name}";
}
