using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary><c>/healthz</c> and <c>/readyz</c>, for those who start and stop the process.</summary>
public static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes, IStatus status)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok\n")).WithSummary("Whether the process lives");
        routes.MapGet("/readyz", () => Ready(status))
            .WithSummary("Whether answers are based on a finished round of probes");
    }

    private static Results<ContentHttpResult, ProblemHttpResult> Ready(IStatus status) =>
        status.NotReady is { } reason
        ? Problems.Unavailable("Not ready", reason)
        : TypedResults.Text(string.Concat(status.Warnings.Select(w => $"warning: {w}\n").Prepend("ready\n")));
}
