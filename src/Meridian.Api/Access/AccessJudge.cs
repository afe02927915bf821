using Meridian.Model.Resources;

namespace Meridian.Api.Access;

/// <summary>
/// Decides what a service account may do. Everything is denied by default: only what a policy names is allowed.
/// </summary>
public static class AccessJudge
{
    /// <summary>Whether the policy names the account.</summary>
    public static bool Names(AccessPolicy policy, string ns, string name) => policy.Subjects.Any(s =>
        s.Namespace == ns && (s.ServiceAccount == "*" || s.ServiceAccount == name));

    /// <summary>
    /// The caller that an account is by the policy that proved its token. The policy is part of who it is: another
    /// cluster may have an account, and an issuer, of the same name.
    /// </summary>
    public static Caller CallerOf(AccessPolicy policy, string ns, string name) =>
        new($"{ns}/{name} by AccessPolicy {policy.Name}", policy.Api, policy.Records, policy.Site, policy.Lease);

    /// <summary>Why the caller may not do this with the management API; null if they may.</summary>
    public static string? Refuse(Caller caller, string method, string path)
    {
        if (path.StartsWith("/api/v1/records", StringComparison.Ordinal))
            return caller.MayWriteRecords ? null : $"no records are granted to {caller.Id}";
        var (needed, verb, value) = method is "GET" or "HEAD"
            ? (ApiGrant.Read, "read", "read") : (ApiGrant.Write, "change", "write");
        return caller.Api >= needed ? null
            : $"{caller.Id} may not {verb} anything here: `api: {value}` would grant it";
    }
}
