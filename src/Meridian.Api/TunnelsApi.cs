using Meridian.Api.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>Tunnels and the enrolment of their agents: <c>/api/v1/tunnels</c>.</summary>
public static class TunnelsApi
{
    public static void MapTunnels(this IEndpointRouteBuilder routes, ITunnels tunnels)
    {
        var api = routes.MapGroup("/api/v1/tunnels");
        api.MapGet("", () => tunnels.Status).WithSummary("The tunnels that stand at this node");
        api.MapGet("/authority", () => Authority(tunnels))
            .WithSummary("The certificate of the authority that agents trust, in PEM");
        api.MapPost("/{agent}/enrollment", (string agent) => EnrollAsync(tunnels, agent))
            .WithSummary("Make a one-time code to enrol an agent with");
    }

    private static Results<ContentHttpResult, ProblemHttpResult> Authority(ITunnels tunnels) =>
        tunnels.Authority is { } authority
        ? TypedResults.Text(authority, "application/x-pem-file")
        : Problems.NotFound("this node takes no tunnels; start it with --tunnel");

    private static async Task<Results<Ok<Enrollment>, ProblemHttpResult>> EnrollAsync(ITunnels tunnels, string agent)
    {
        var outcome = await tunnels.EnrollAsync(agent);
        return outcome switch
        {
            { Refusal: { } refusal } => Problems.NotFound(refusal),
            { StoreFault: { } fault } => Problems.Unavailable("Not stored", $"the code could not be stored: {fault}"),
            _ => TypedResults.Ok(outcome.Code!),
        };
    }
}
