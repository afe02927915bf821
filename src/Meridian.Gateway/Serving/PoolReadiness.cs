using System.Text;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Serving;

/// <summary>
/// Says whether this gateway can serve a pool of a route. Other nodes ask that before they send clients to it. The
/// answer is a state, without addresses.
/// </summary>
internal static class PoolReadiness
{
    /// <param name="context">The question.</param>
    /// <param name="route">The route; null on a node that is about to stop.</param>
    /// <param name="name">Name of the pool.</param>
    public static async Task AnswerAsync(HttpContext context, Route? route, string name)
    {
        var pool = route?.Tiers.FirstOrDefault(t => t.Pool.Shape.Pool.Name == name)?.Pool;
        context.Response.StatusCode = route is null ? StatusCodes.Status503ServiceUnavailable : pool is null
            ? StatusCodes.Status404NotFound : pool.Serves
            ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(
            Encoding.UTF8.GetBytes($"{(route is null ? "Stopping" : pool?.State.ToString() ?? "Unknown")}\n"),
            context.RequestAborted);
    }
}
