using Meridian.Addresses;
using Meridian.Api.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The nodes of a cluster: <c>/api/v1/nodes</c>.</summary>
public static class FleetApi
{
    private const string NotShared = "this node shares no store with others; start it with --store";

    public static void MapFleet(this IEndpointRouteBuilder routes, IFleet fleet, TimeProvider time)
    {
        var api = routes.MapGroup("/api/v1/nodes");
        api.MapGet("", () => Status(fleet))
            .WithSummary("The nodes that share a store with this one, and whether it can be reached");
        api.MapPost("/{node}/drain", (string node, DrainRequest request) => DrainAsync(fleet, time, node, request))
            .WithSummary("Drain a node: it has no opinion, and gets no clients");
        api.MapDelete("/{node}/drain", (string node) => RestoreAsync(fleet, node))
            .WithSummary("Let a drained node back");
        api.MapDelete("/{node}", (string node) => ForgetAsync(fleet, node))
            .WithSummary("Forget a node that is not here and will not come back");
    }

    private static Results<Ok<FleetStatus>, ProblemHttpResult> Status(IFleet fleet) =>
        fleet.Status is { } status ? TypedResults.Ok(status) : Problems.NotFound(NotShared);

    private static async Task<Results<Ok<DrainStatus>, ProblemHttpResult>> DrainAsync(IFleet fleet, TimeProvider time,
        string node, DrainRequest request)
    {
        if (!TryFind(fleet, node, out var status, out var refusal))
            return refusal!;
        if (Decision.FaultOf(request.Author, request.Reason, request.Seconds) is { } fault)
            return Problems.BadRequest(fault);
        if (!request.Force && !status!.Nodes.Any(n => n.Name != node && n is { Here: true, Illness: null }))
            return Problems.Conflict("Nobody left to judge", $"no node but {node} has an opinion, so that no verdict "
                + "would change any more; say --force (force in the API) if that is meant");
        var now = time.GetUtcNow();
        var drain = new DrainStatus(request.Author, request.Reason, now,
            request.Seconds is { } seconds ? now.AddSeconds(seconds) : null);
        return await fleet.DrainAsync(node, drain) is { } notStored
            ? NotStored($"node {node} is not drained: {notStored}") : TypedResults.Ok(drain);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RestoreAsync(IFleet fleet, string node)
    {
        if (!TryFind(fleet, node, out var status, out var refusal))
            return refusal!;
        if (status!.Nodes.First(n => n.Name == node).Drain is null)
            return Problems.NotFound($"node {node} is not drained");
        return await fleet.RestoreAsync(node) is { } notStored
            ? NotStored($"node {node} stays drained: {notStored}") : TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ForgetAsync(IFleet fleet, string node)
    {
        if (!TryFind(fleet, node, out var status, out var refusal))
            return refusal!;
        if (status!.Nodes.First(n => n.Name == node).Here)
            return Problems.Conflict("It is here", $"node {node} is here, and would be known again at once: stop it, "
                + "or drain it");
        return await fleet.ForgetAsync(node) is { } notStored
            ? NotStored($"node {node} is not forgotten: {notStored}") : TypedResults.NoContent();
    }

    private static bool TryFind(IFleet fleet, string node, out FleetStatus? status, out ProblemHttpResult? refusal)
    {
        status = fleet.Status;
        refusal = status is null ? Problems.NotFound(NotShared)
            : status.Nodes.Any(n => n.Name == node) ? null
            : Problems.NotFound($"no node is called `{node}`{Suggestion.For(node, status.Nodes.Select(n => n.Name))}");
        return refusal is null;
    }

    private static ProblemHttpResult NotStored(string detail) => Problems.Unavailable("Not stored", detail);
}
