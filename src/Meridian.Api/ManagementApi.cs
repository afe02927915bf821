using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Meridian.Api.Contracts;
using Meridian.Model.Binding;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;
using Meridian.Steering;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>The management API: <c>/api/v1/…</c>, <c>/healthz</c> and <c>/readyz</c>.</summary>
public static class ManagementApi
{
    private static readonly JsonSerializerOptions EventJson = new(ApiJson.Options) { WriteIndented = false };
    private static readonly TimeSpan MaxOverride = TimeSpan.FromDays(3650);

    public static void MapManagementApi(this IEndpointRouteBuilder routes, INode node, TimeProvider time)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("ok\n")).WithSummary("Whether the process lives");
        routes.MapGet("/readyz", Results<ContentHttpResult, ProblemHttpResult> () => node.NotReady is { } reason
            ? TypedResults.Problem(reason, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not ready")
            : TypedResults.Text("ready\n")).WithSummary("Whether answers are based on a finished round of probes");
        var api = routes.MapGroup("/api/v1");
        api.MapGet("/status", () => StatusReader.Read(node, time.GetUtcNow()))
            .WithSummary("Endpoints, pools and addresses with verdicts");
        api.MapGet("/explain", (string name, string? client, string? type) => Explain(node, time, name, client, type))
            .WithSummary("Why a client gets the answer that it gets");
        api.MapGet("/resources", () => Resources(node)).WithSummary("The resources that are served");
        api.MapGet("/overrides", () => node.Overrides.Overrides.Select(OverrideDocument.Of))
            .WithSummary("The overrides that stand");
        api.MapPost("/overrides", (OverrideRequest request) => SetOverrideAsync(node, time, request))
            .WithSummary("Set an override");
        api.MapDelete("/overrides", (string target, string author) => ClearOverrideAsync(node, target, author))
            .WithSummary("Clear an override");
        TunnelsApi.Map(api, node);
        api.MapGet("/history", (int? count) => node.RecentEvents(Math.Clamp(count ?? 100, 1, 1000)))
            .WithSummary("What happened, the newest first");
        api.MapGet("/events", (HttpContext context) => EventsAsync(node, context))
            .WithSummary("What happens, as server-sent events");
    }

    private static Results<Ok<Explanation>, ProblemHttpResult> Explain(INode node, TimeProvider time, string name,
        string? client, string? type)
    {
        if (!HostName.TryNormalize(name, out var hostname, out var error, wildcard: true))
            return Bad($"`{name}`: {error}");
        var kind = (type ?? "A")
            .ToUpperInvariant() switch { "A" => AddressKind.V4, "AAAA" => AddressKind.V6, _ => AddressKind.Name };
        if (kind == AddressKind.Name)
            return Bad($"`{type}` is not A or AAAA");
        if (!TryClient(client ?? "127.0.0.1", out var address, out var bits))
            return Bad($"`{client}` is not an IP address or a network such as 198.51.100.0/24");
        var explanation = Explainer.Explain(node.Table, hostname, address, bits, kind, (ulong)Random.Shared.NextInt64(),
            time.GetUtcNow(), node.Loads);
        if (explanation is not null)
            return TypedResults.Ok(explanation);
        var names = node.Table.Endpoints.Select(e => e.Shape.Hostname);
        return TypedResults.Problem($"no endpoint answers for `{hostname}`{Suggestion.For(hostname, names)}",
            statusCode: StatusCodes.Status404NotFound, title: "Not found");
    }

    private static bool TryClient(string text, out IPAddress address, out int bits)
    {
        if (IPAddress.TryParse(text, out address!))
        {
            bits = address.GetAddressBytes().Length * 8;
            return true;
        }

        bits = 0;
        var parts = text.Split('/');
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out address!) || !int.TryParse(parts[1], out bits)
            || bits < 0 || bits > address.GetAddressBytes().Length * 8)
            return false;
        var octets = address.GetAddressBytes();
        for (var i = 0; i < octets.Length; i++)
            octets[i] = (byte)(octets[i] & (bits >= (i + 1) * 8 ? 0xFF : bits <= i * 8 ? 0 : 0xFF << (8 - (bits % 8))));
        address = new IPAddress(octets);
        return true;
    }

    private static ImmutableArray<ResourceSummary> Resources(INode node) =>
    [
        .. node.Resources.All.Select(r => new ResourceSummary(
            Kinds.Of(r).Name, r.Name, r.Location.ToString())),
    ];

    private static async Task<Results<Ok<OverrideResult>, ProblemHttpResult>> SetOverrideAsync(INode node,
        TimeProvider time, OverrideRequest request)
    {
        if (!OverrideTarget.TryParse(request.Target, out var target, out var error))
            return Bad(error);
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500)
            return Bad("a reason of 1 to 500 characters is wanted");
        if (string.IsNullOrWhiteSpace(request.Author) || request.Author.Length > 100)
            return Bad("an author of 1 to 100 characters is wanted");
        if (request.Seconds is { } seconds && !(seconds > 0 && seconds <= MaxOverride.TotalSeconds))
            return Bad("the duration must be above zero and at most ten years");
        var now = time.GetUtcNow();
        var word = new Override(target, request.State, request.Author, request.Reason, now,
            request.Seconds is { } length ? now.AddSeconds(length) : null);
        await node.SetOverrideAsync(word);
        var matched = node.Table.Endpoints.SelectMany(e => e.AllPools)
            .SelectMany(p => p.Addresses
                .Where(a => target.Matches(GatewayFronts.NameOf(p.Shape.Pool.Name), a.Shape.Value, a.Shape.Site))
                .Select(a => (p.Shape.Pool.Name, a.Shape.Value))).Distinct().Count();
        return TypedResults.Ok(new OverrideResult(OverrideDocument.Of(word), matched));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ClearOverrideAsync(INode node, string target,
        string author)
    {
        if (!OverrideTarget.TryParse(target, out var parsed, out var error))
            return Bad(error);
        return await node.ClearOverrideAsync(parsed, author)
            ? TypedResults.NoContent()
            : TypedResults.Problem($"there is no override on {target}{Suggestion.For(target, node.Overrides.Overrides.Select(o => o.Target.Text))}",
                statusCode: StatusCodes.Status404NotFound, title: "Not found");
    }

    // By hand, because a follower must know that it is connected before the first event comes.
    private static async Task EventsAsync(INode node, HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        try
        {
            await response.WriteAsync(": connected\n\n", context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            await foreach (var happened in node.FollowAsync(context.RequestAborted))
            {
                await response.WriteAsync($"event: {happened.Kind}\ndata: {JsonSerializer.Serialize(happened, EventJson)}\n\n", context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The follower went away.
        }
    }

    private static ProblemHttpResult Bad(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
}
