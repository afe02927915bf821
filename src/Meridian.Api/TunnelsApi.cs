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
        api.MapPost("/tunnels/{agent}/enrollment", Results<Ok<Enrollment>, ProblemHttpResult> (string agent) => node.Enroll(agent) is { } code
            ? TypedResults.Ok(code)
            : TypedResults.Problem(node.Resources.TunnelAgents.ContainsKey(agent)
                ? "this node takes no tunnels; start it with --tunnel"
                : $"there is no TunnelAgent named `{agent}`{Model.Values.Suggestion.For(agent, node.Resources.TunnelAgents.Keys)}", statusCode: StatusCodes.Status404NotFound, title: "Not found"))
            .WithSummary("Make a one-time code to enrol an agent with");
    }
}
