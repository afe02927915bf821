using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class ClusterRules
{
    public static void Check(Cluster cluster, Reporter report)
    {
        report.Reference<Site>(cluster.Site, cluster, "site");
        if (cluster is { Access: not null, FromArgoCD: not null })
            report.Fault(cluster, "fromArgoCD",
                "`access` and `fromArgoCD` exclude each other: a Cluster is one cluster, or all that Argo CD knows");
        if (cluster.Access is not { } access)
            return;
        var ways = (access.InCluster ? 1 : 0) + (access.File is null ? 0 : 1) + (access.Secret is null ? 0 : 1)
            + (access.ArgoSecret is null ? 0 : 1);
        if (ways != 1)
            report.Fault(cluster, "access",
                $"`access` needs exactly one of `inCluster`, `file`, `secret` and `argoSecret`, and has {ways}");
        CheckName(access.Secret, access, "secret", report);
        CheckName(access.ArgoSecret, access, "argoSecret", report);
    }

    /// <summary>
    /// Records a fault for a reference to a Cluster that nothing declares. Where Argo CD's clusters are used, any name
    /// may be one of them: only its Secrets say.
    /// </summary>
    public static void Reference(ResourceSet set, string? name, object owner, string field, Reporter report,
        int index = -1)
    {
        if (!set.Clusters.Values.Any(c => c.FromArgoCD is not null) && !report.MayHaveMore<Cluster>())
            report.Reference<Cluster>(name, owner, field, index);
    }

    /// <summary>Records a fault for a text that is not <c>namespace/name</c>.</summary>
    public static void CheckName(string? text, object owner, string field, Reporter report)
    {
        if (text is not null && (text.Split('/') is not [var ns, var name] || !Values.ResourceName.IsValid(ns)
            || !Values.ResourceName.IsValid(name)))
            report.Fault(owner, field, $"`{text}` is not of the form namespace/name");
    }
}
