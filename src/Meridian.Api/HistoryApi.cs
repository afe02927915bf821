using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Model.History;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Meridian.Api;

/// <summary>What has happened: <c>/api/v1/history</c>, and <c>events</c> as they come.</summary>
public static class HistoryApi
{
    private const int DefaultCount = 100;
    private const int MaxCount = 10_000;

    private static readonly JsonSerializerOptions EventJson = new(ApiJson.Options) { WriteIndented = false };

    public static void MapHistory(this IEndpointRouteBuilder routes, IHistory history)
    {
        var api = routes.MapGroup("/api/v1");
        api.MapGet("/history", (int? count, DateTimeOffset? since, DateTimeOffset? until, string? site, string? kind) =>
            Find(history, new HistoryQuery(Math.Clamp(count ?? DefaultCount, 1, MaxCount))
            {
                Since = since,
                Until = until,
                Site = site,
                Kind = kind,
            })).WithSummary("What happened, the newest first");
        api.MapGet("/events", (HttpContext context, IHostApplicationLifetime life) =>
                FollowAsync(history, context, life.ApplicationStopping))
            .WithSummary("What happens, as server-sent events");
    }

    private static Results<Ok<ImmutableArray<HistoryEvent>>, ProblemHttpResult> Find(IHistory history,
        HistoryQuery query) => query.Kind is { } kind && !HistoryKinds.All.Contains(kind)
        ? Problems.BadRequest($"there is no kind of event `{kind}`{Suggestion.For(kind, HistoryKinds.All)}; there are "
            + string.Join(", ", HistoryKinds.All))
        : TypedResults.Ok(history.Find(query));

    // TypedResults.ServerSentEvents sends nothing before the first event, but a follower must know that it is
    // connected.
    private static async Task FollowAsync(IHistory history, HttpContext context, CancellationToken stopping)
    {
        var response = context.Response;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var aborted = end.Token;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        try
        {
            var events = history.FollowAsync(aborted);
            await response.WriteAsync(": connected\n\n", aborted);
            await response.Body.FlushAsync(aborted);
            await foreach (var entry in events)
            {
                var data = JsonSerializer.Serialize(entry, EventJson);
                await response.WriteAsync($"event: {entry.Kind}\ndata: {data}\n\n", aborted);
                await response.Body.FlushAsync(aborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The follower has disconnected, or the node stops.
        }
    }
}
