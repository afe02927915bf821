using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class ExportedServiceRules
{
    public static void Check(ExportedService export, ResourceSet set, Reporter report)
    {
        report.Reference<GlobalEndpoint>(export.Endpoint, export, "endpoint");
        for (var i = 0; i < export.Clusters.Length; i++)
            ClusterRules.Reference(set, export.Clusters[i], export, "clusters", report, i);
        if (!ResourceName.IsValid(export.Namespace))
            report.Fault(export, "namespace", $"`{export.Namespace}` is not a namespace");

        // A Service's name is a label (RFC 1035) of at most 63 characters.
        var name = export.ServiceName;
        if (name.Length > 63 || name.Contains('.', StringComparison.Ordinal) || !ResourceName.IsValid(name)
            || !char.IsAsciiLetterLower(name[0]))
            report.Fault(export, "service",
                $"`{name}` cannot be the name of a Service: at most 63 lower-case letters, digits and `-`, a letter " +
                $"first");
        if (set.ExportedServices.Values
            .FirstOrDefault(e => e.Name != export.Name && e.Namespace == export.Namespace && e.ServiceName == name
                && e.Clusters.IsEmpty == export.Clusters.IsEmpty
                && (e.Clusters.IsEmpty || e.Clusters.Intersect(export.Clusters).Any())) is { } other)
            report.Fault(export, "service",
                $"Service `{export.Namespace}/{name}` is already that of ExportedService `{other.Name}`");
    }
}
