using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class AccessPolicyRules
{
    public static void Check(AccessPolicy policy, ResourceSet set, Reporter report)
    {
        CheckIssuer(policy.Issuer, policy.JwksFile is not null || policy.ReviewedBy is not null, policy, report);
        if (policy.Audience.Length == 0)
            report.Fault(policy, "audience", "`audience` must not be empty, or a token for anything else would do");
        if (policy.JwksFile is not null && policy.ReviewedBy is not null)
            report.Fault(policy, "reviewedBy", "`jwksFile` and `reviewedBy` exclude each other");
        ClusterRules.Reference(set, policy.ReviewedBy, policy, "reviewedBy", report);
        report.Reference<Site>(policy.Site, policy, "site");
        if (policy.Subjects.IsEmpty)
            report.Fault(policy, "subjects", $"AccessPolicy `{policy.Name}` names no service account");
        foreach (var subject in policy.Subjects)
        {
            if (!ResourceName.IsValid(subject.Namespace))
                report.Fault(subject, "namespace", $"`{subject.Namespace}` is not a namespace");
            if (subject.ServiceAccount != "*" && !ResourceName.IsValid(subject.ServiceAccount))
                report.Fault(subject, "serviceAccount",
                    $"`{subject.ServiceAccount}` is neither the name of a service account nor `*`");
            if (NamedBefore(policy, subject, set) is { } first)
                report.Fault(subject, "serviceAccount", $"AccessPolicy `{first}` names this account too, and trusts " +
                    "the same keys: nobody could say which of the two a token belongs to");
        }

        foreach (var grant in policy.Records)
        {
            if (grant.Zones.IsEmpty)
                report.Fault(grant, "zones", "a grant of records needs `zones`");
            for (var i = 0; i < grant.Zones.Length; i++)
            {
                if (report.DomainName(grant.Zones[i], null, grant, "zones", i) is { } zone
                    && set.ZoneNames.ZoneOf(zone) is null)
                    report.Fault(grant, "zones", i, $"`{zone}` is outside every Zone");
            }
        }
    }

    // The first policy by name that proves tokens in the same way and has the account.
    private static string? NamedBefore(AccessPolicy policy, AccessSubject subject, ResourceSet set) =>
        set.AccessPolicies.Values
            .Where(p => string.CompareOrdinal(p.Name, policy.Name) < 0
                && (p.Issuer, p.Audience, p.JwksFile, p.ReviewedBy)
                    == (policy.Issuer, policy.Audience, policy.JwksFile, policy.ReviewedBy)
                && p.Subjects.Any(subject.Overlaps))
            .MinBy(p => p.Name, StringComparer.Ordinal)?.Name;

    /// <summary>Checks the URL of an issuer.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="hasKeys">Whether its keys come from somewhere else than the issuer.</param>
    /// <param name="owner">The record with the field <c>issuer</c>.</param>
    /// <param name="report">Gets the fault.</param>
    public static void CheckIssuer(string text, bool hasKeys, object owner, Reporter report)
    {
        if (!UrlText.TryParseHttp(text, out var issuer))
            report.Fault(owner, "issuer",
                $"`{text}` is not the URL of an issuer such as https://kubernetes.default.svc");
        else if (issuer.Scheme == "http" && !issuer.IsLoopback && !hasKeys)
            report.Fault(owner, "issuer",
                "keys that come without TLS could be anybody's; give `jwksFile`, or ask the cluster");
    }
}
