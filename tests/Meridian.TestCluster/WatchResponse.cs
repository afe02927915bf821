using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Meridian.TestCluster;

/// <summary>One watch: what there is (if asked for), then what happens, with bookmarks between.</summary>
internal sealed class WatchResponse(SmallApiServer server, ServedType type, string? ns)
{
    public async Task WriteAsync(HttpContext context, CancellationToken stop)
    {
        var query = context.Request.Query;
        var streams = query["sendInitialEvents"] == "true";
        if (query["resourceVersionMatch"].Count > 0 && !(streams && server.Streams))
            throw new StatusException(422, "Invalid",
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stop);
        if (int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds))
            end.CancelAfter(TimeSpan.FromSeconds(seconds));
        context.Response.ContentType = "application/json;stream=watch";
        await context.Response.StartAsync(CancellationToken.None);
        try
        {
            await FollowAsync(context, streams, query["labelSelector"], query["fieldSelector"], end.Token);
        }
        catch (OperationCanceledException)
        {
            if (stop.IsCancellationRequested)
                context.Abort(); // a server that dies says no goodbye
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private async Task FollowAsync(HttpContext context, bool streams, string? selector, string? fields,
        CancellationToken cancellationToken)
    {
        var bookmarks = context.Request.Query["allowWatchBookmarks"] == "true";
        var revision = long.TryParse(context.Request.Query["resourceVersion"], CultureInfo.InvariantCulture,
            out var from) ? from : 0;
        if (streams || revision == 0)
        {
            var (objects, now) = server.Store.List(type, ns);
            foreach (var document in objects
                .Where(o => Listing.Selects(selector, o) && Listing.SelectsField(fields, o)))
                await SendAsync(context, "ADDED", document, cancellationToken);
            revision = now;
            if (streams)
                await SendAsync(context, "BOOKMARK", Bookmark(revision, initial: true), cancellationToken);
        }

        while (true)
        {
            if (server.Store.EventsAfter(revision) is not { } found)
            {
                await SendAsync(context, "ERROR",
                    new StatusException(410, "Expired", "too old resource version").Document, cancellationToken);
                return;
            }

            foreach (var happened in found.Events)
            {
                revision = happened.Revision;
                if (happened.Name.Type.Plural != type.Plural || happened.Name.Type.Group != type.Group
                    || (ns is not null && happened.Name.Namespace != ns))
                    continue;
                if (!Listing.SelectsField(fields, happened.Document))
                    continue;
                var (was, now) = (happened.Before is { } before && Listing.Selects(selector, before),
                    happened.Type != "DELETED" && Listing.Selects(selector, happened.Document));
                var kind = (was, now) switch
                {
                    (false, true) => "ADDED",
                    (true, true) => "MODIFIED",
                    (true, false) => "DELETED",
                    _ => null,
                };
                if (kind is not null)
                    await SendAsync(context, kind, happened.Document, cancellationToken);
            }

            var pause = Task.Delay(server.BookmarkPeriod, cancellationToken);
            await Task.WhenAny(found.More, pause);
            cancellationToken.ThrowIfCancellationRequested();
            if (bookmarks && pause.IsCompleted && !found.More.IsCompleted)
                await SendAsync(context, "BOOKMARK", Bookmark(revision, initial: false), cancellationToken);
        }
    }

    private JsonObject Bookmark(long revision, bool initial)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (initial)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        return new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["metadata"] = metadata };
    }

    private static async Task SendAsync(HttpContext context, string kind, JsonObject document,
        CancellationToken cancellationToken)
    {
        var line = new JsonObject { ["type"] = kind, ["object"] = document.DeepClone() };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line), cancellationToken);
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
