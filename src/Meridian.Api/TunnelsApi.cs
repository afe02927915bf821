using Meridian.Api.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The part of the management API that is about tunnels.</summary>
internal static class TunnelsApi
{
    public static void Map(RouteGroupBuilder api, INode node)
    {
        api.MapGet("/tunnels", () => node.Tunnels).WithSummary("The tunnels that stand at this node");
        api.MapGet("/tunnels/authority",
            Results<ContentHttpResult, ProblemHttpResult> () => node.TunnelAuthority is { } authority
            ? TypedResults.Text(authority, "application/x-pem-file")
            : TypedResults.Problem("this node takes no tunnels; start it with --tunnel",
                statusCode: StatusCodes.Status404NotFound, title: "Not found"))
            .WithSummary("The certificate of the authority that agents trust, in PEM");
        api.MapPost("/tunnels/{agent}/enrollment",
            Results<Ok<Enrollment>, ProblemHttpResult> (string agent) => node.Enroll(agent) is { } code
            ? TypedResults.Ok(code)
            : TypedResults.Problem(node.Resources.TunnelAgents.TryGetValue(agent, out var known)
                ? !known.Identity.Enrollment
                ? $"TunnelAgent {agent} shows who it is by its service account; `identity.enrollment` is false"
                : "this node takes no tunnels; start it with --tunnel"
                : $"there is no TunnelAgent named `{agent}`{Model.Values.Suggestion.For(agent, node.Resources.TunnelAgents.Keys)}", statusCode: StatusCodes.Status404NotFound, title: "Not found"))
            .WithSummary("Make a one-time code to enrol an agent with");
    }
}
