using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The management API: <c>/api/v1/…</c>, <c>/healthz</c> and <c>/readyz</c>.</summary>
public static class ManagementApi
{
    /// <summary>Maps every area of the API.</summary>
    public static void MapManagementApi(this IEndpointRouteBuilder routes, ManagementContracts node, TimeProvider time)
    {
        routes.MapHealth(node.Status);
        routes.MapStatus(node.Status);
        routes.MapOverrides(node.Overrides, time);
        routes.MapTunnels(node.Tunnels);
        routes.MapFleet(node.Fleet, time);
        routes.MapHistory(node.History);
        routes.MapRecords(node.Records, node.Status);
    }
}
