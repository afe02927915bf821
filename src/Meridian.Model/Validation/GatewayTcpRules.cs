using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

/// <summary>What is checked of an endpoint whose connections a gateway passes on octet by octet.</summary>
internal static class GatewayTcpRules
{
    public static void Check(
        GlobalEndpoint endpoint, EndpointGateway gateway, GatewayTcp tcp, ResourceSet set, Reporter report)
    {
        CheckPort(endpoint, tcp, set, report);
        CheckHttpFields(gateway, report);
        if (gateway.Upstream.Port is not null)
            return;
        foreach (var member in gateway.Pools.IsEmpty ? endpoint.Pools : gateway.Pools)
        {
            if (set.Pools.TryGetValue(member.Pool, out var pool)
                && pool.Addresses.FirstOrDefault(a => a is { Tunnel: null, Port: null }) is { } portless)
                report.Fault(member, "pool", $"address {portless.Value} of pool `{pool.Name}` has no `port`, " +
                    "and neither has `gateway.upstream`");
        }
    }

    private static void CheckPort(GlobalEndpoint endpoint, GatewayTcp tcp, ResourceSet set, Reporter report)
    {
        if (tcp.Port is not null == tcp.Passthrough)
            report.Fault(tcp, "port", "connections come at a `port` of their own, " +
                "or by `passthrough` at the TLS ports: write exactly one of them");
        if (tcp.Port is { } port && set.Endpoints.FirstOrDefault(e => e.Gateway?.Tcp?.Port == port) is { } first
            && first.Name != endpoint.Name)
            report.Fault(tcp, "port", $"port {port} already belongs to GlobalEndpoint `{first.Name}`");
    }

    private static void CheckHttpFields(EndpointGateway gateway, Reporter report)
    {
        if (gateway.Profile != GatewayProfile.Opaque)
            report.Fault(gateway, "profile",
                $"profile {gateway.Profile.ToString().ToLowerInvariant()} is for HTTP, and {PassesOn}");
        if (gateway.Upstream.Scheme == HttpScheme.Https)
            report.Fault(gateway.Upstream, "scheme",
                "`tcp` passes on whatever comes: it speaks no TLS to the addresses");
        if (gateway.Hedge is not null)
            report.Fault(gateway, "hedge", $"`hedge` is for HTTP, and {PassesOn}");
        if (gateway.Affinity is not null)
            report.Fault(gateway, "affinity", $"`affinity` is for HTTP, and {PassesOn}");
        if (gateway.Deterministic)
            report.Fault(gateway, "deterministic", $"`deterministic` is for HTTP, and {PassesOn}");
    }

    private const string PassesOn = "`tcp` passes on whatever comes";
}
