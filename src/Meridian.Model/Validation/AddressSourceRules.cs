using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>What is checked of an address that stands for an object in a cluster.</summary>
internal static class AddressSourceRules
{
    public static void Check(PoolAddress address, AddressSource from, ResourceSet set, Reporter report)
    {
        if (address.Value.Length > 0)
            report.Fault(address, "from", "`value` and `from` exclude each other; " +
                "addresses in place of the load balancer's go into `from.static`");
        ClusterRules.Reference(set, from.Cluster, from, "cluster", report);
        if (!from.IsOne)
            report.Fault(address, "from", "`from` needs exactly one of `ingress`, `service`, `gateway`, `httpRoute`, "
                + "`grpcRoute`, `tlsRoute`, `tcpRoute` and `select`");
        ClusterRules.CheckName(from.Ingress, from, "ingress", report);
        ClusterRules.CheckName(from.Service, from, "service", report);
        ClusterRules.CheckName(from.Gateway, from, "gateway", report);
        ClusterRules.CheckName(from.HttpRoute, from, "httpRoute", report);
        ClusterRules.CheckName(from.GrpcRoute, from, "grpcRoute", report);
        ClusterRules.CheckName(from.TlsRoute, from, "tlsRoute", report);
        ClusterRules.CheckName(from.TcpRoute, from, "tcpRoute", report);
        if (from.Select is { } select)
            Check(select, report);
        if (from.Select is not null && !from.Static.IsEmpty)
            report.Fault(from, "static", "`static` goes with one object, and `select` is any number of them");
        for (var i = 0; i < from.Static.Length; i++)
            report.AddressOrName(from.Static[i], from, "static", i);
    }

    private static void Check(ObjectSelection select, Reporter report)
    {
        if (select.Namespace is { } ns && !ResourceName.IsValid(ns))
            report.Fault(select, "namespace", $"`{ns}` is not a namespace");
        if (!LabelSelector.TryParse(select.Labels, out _, out var error))
            report.Fault(select, "labels", error);
    }
}
