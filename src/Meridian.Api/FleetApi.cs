using Meridian.Api.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The nodes of a cluster: <c>/api/v1/nodes</c>.</summary>
public static class FleetApi
{
    public static void MapFleet(this IEndpointRouteBuilder routes, IFleet fleet) =>
        routes.MapGet("/api/v1/nodes", () => Status(fleet))
            .WithSummary("The nodes that share a store with this one, and whether it can be reached");

    private static Results<Ok<FleetStatus>, ProblemHttpResult> Status(IFleet fleet) => fleet.Status is { } status
        ? TypedResults.Ok(status)
        : Problems.NotFound("this node shares no store with others; start it with --store");
}
