using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Api.Access;

/// <summary>
/// Decides what a service account may do. Everything is denied by default: only what a policy names is allowed.
/// </summary>
public static class AccessJudge
{
    /// <summary>The caller that the account is; null where no policy names it.</summary>
    public static Caller? Judge(ResourceSet resources, string issuer, string ns, string name)
    {
        var policies = resources.AccessPolicies.Values.OrderBy(p => p.Name, StringComparer.Ordinal)
            .Where(p => p.Issuer == issuer
                && p.Subjects.Any(s => s.Namespace == ns && (s.ServiceAccount == "*" || s.ServiceAccount == name)))
                .ToArray();
        return policies.Length == 0 ? null : new Caller(
            $"{ns}/{name} of {issuer}",
            policies.Max(p => p.Api),
            [.. policies.SelectMany(p => p.Records)],
            policies.Select(p => p.Site).FirstOrDefault(s => s is not null),
            policies.Max(p => p.Lease));
    }

    /// <summary>Why the caller may not do this with the management API; null if they may.</summary>
    public static string? Refuse(Caller caller, string method, string path)
    {
        if (path.StartsWith("/api/v1/records", StringComparison.Ordinal))
            return caller.MayWriteRecords ? null : $"no AccessPolicy grants records to {caller.Id}";
        var (needed, verb, value) = method is "GET" or "HEAD"
            ? (ApiGrant.Read, "read", "read") : (ApiGrant.Write, "change", "write");
        return caller.Api >= needed ? null
            : $"no AccessPolicy grants {caller.Id} to {verb} anything here: `api: {value}` would";
    }
}
