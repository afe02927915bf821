using Meridian.Model.Resources;

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
        if (from.Reference is null)
            report.Fault(address, "from",
                "`from` needs exactly one of `ingress`, `service`, `gateway` and `httpRoute`");
        ClusterRules.CheckName(from.Ingress, from, "ingress", report);
        ClusterRules.CheckName(from.Service, from, "service", report);
        ClusterRules.CheckName(from.Gateway, from, "gateway", report);
        ClusterRules.CheckName(from.HttpRoute, from, "httpRoute", report);
        ClusterRules.CheckName(from.GrpcRoute, from, "grpcRoute", report);
        ClusterRules.CheckName(from.TlsRoute, from, "tlsRoute", report);
        ClusterRules.CheckName(from.TcpRoute, from, "tcpRoute", report);
        for (var i = 0; i < from.Static.Length; i++)
            report.AddressOrName(from.Static[i], from, "static", i);
    }
}
