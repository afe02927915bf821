using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Meridian.TestCluster;

/// <summary>
/// As much of a Kubernetes API server as Meridian's controllers meet, over HTTP on loopback, with faults on demand. It
/// outlives its own restarts: the store is the etcd of it.
/// </summary>
public sealed class SmallApiServer : ApiServer
{
    private readonly CancellationTokenSource _end = new();
    private WebApplication? _app;
    private CancellationTokenSource _serving = new();
    private int _port;

    public ObjectStore Store { get; } = new();

    public override Uri Uri => new($"http://127.0.0.1:{_port}");

    /// <summary>
    /// Asked before every request: a status that it is refused with, or null. May wait, to make an answer slow.
    /// </summary>
    public Func<HttpRequest, Task<StatusException?>>? Fault { get; set; }

    /// <summary>Time between bookmarks of a watch.</summary>
    public TimeSpan BookmarkPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether lists can be streamed (WatchList).</summary>
    public bool Streams { get; set; } = true;

    /// <summary>The token review that it gives: what a token stands for, or null.</summary>
    public Func<string, JsonObject?>? Review { get; set; }

    /// <summary>A bearer token that every request must have; null for none.</summary>
    public string? Token { get; set; }

    public override string AdminToken => Token ?? "none";

    /// <summary>Requests that were answered, by method and path without query.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>How many requests of a method, such as <c>PUT</c>, were answered.</summary>
    public int CountOf(string method) => Requests.Count(r => r.StartsWith($"{method} ", StringComparison.Ordinal));

    public static async Task<SmallApiServer> StartAsync()
    {
        var server = new SmallApiServer();
        server.Put("apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}"); // as every cluster has
        await server.ListenAsync();
        return server;
    }

    public override async Task StopAsync()
    {
        if (_app is null)
            return;
        await _serving.CancelAsync();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public override async Task ListenAsync()
    {
        _serving = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(IPAddress.Loopback, _port, l => l.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync();
        _port = new Uri(app.Urls.First()).Port;
        _app = app;
    }

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await StopAsync();
    }

    public override void Put(JsonObject document)
    {
        var type = Store.Types.First(t => t.ApiVersion == (string?)document["apiVersion"]
            && t.Kind == (string?)document["kind"]);
        var ns = type.Namespaced ? (string?)document["metadata"]?["namespace"] ?? "default" : "";
        var name = new ObjectName(type, ns, (string)document["metadata"]!["name"]!);
        var status = document["status"]?.DeepClone();
        if (Store.Find(name) is null)
            Store.Create(name, document);
        else
            Store.Update(name, "", _ => document);
        if (status is null)
            return;
        Store.Update(name, "status", live =>
        {
            live["status"] = status;
            return live;
        });
    }

    public override JsonObject? Find(string plural, string ns, string name) =>
        Store.Find(new ObjectName(TypeOf(plural), ns, name));

    public override IReadOnlyList<JsonObject> List(string plural, string? ns = null) =>
        Store.List(TypeOf(plural), ns).Objects;

    public override void Delete(string plural, string ns, string name) =>
        Store.Delete(new ObjectName(TypeOf(plural), ns, name), null);

    private ServedType TypeOf(string plural) => Store.Types.First(t => t.Plural == plural);

    private async Task ServeAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        try
        {
            Requests.Enqueue($"{request.Method} {request.Path}");
            if (Token is not null && request.Headers.Authorization != $"Bearer {Token}")
                throw new StatusException(401, "Unauthorized", "Unauthorized");
            if (Fault is { } fault && await fault(request) is { } refusal)
                throw refusal;
            if (ApiDiscovery.Answer(Store, request.Path) is { } found)
            {
                await WriteAsync(response, 200, found);
                return;
            }

            await RouteAsync(context);
        }
        catch (StatusException e)
        {
            await WriteAsync(response, e.Code, e.Document);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or NullReferenceException)
        {
            await WriteAsync(response, 400, new StatusException(400, "BadRequest", e.Message).Document);
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var parts = request.Path.Value!.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var r] => ("", v, r),
            ["apis", var g, var v, .. var r] => (g, v, r),
            _ => throw new StatusException(404, "NotFound", "the server could not find the requested resource"),
        };
        var ns = "";
        if (rest is ["namespaces", var named, _, ..])
            (ns, rest) = (named, rest[2..]);
        if (rest is ["tokenreviews"] && group == "authentication.k8s.io")
        {
            await WriteAsync(response, 201, ReviewToken(await ReadAsync(request)));
            return;
        }

        var type = rest.Length == 0 ? null : Store.TypeOf(group, version, rest[0]);
        if (type is null)
            throw new StatusException(404, "NotFound", "the server could not find the requested resource");
        if (rest.Length == 1)
        {
            await ServeCollectionAsync(context, type, ns);
            return;
        }

        var part = rest.Length > 2 ? rest[2] : "";
        if (part.Length > 0 && (part != "status" || !type.Status))
            throw new StatusException(404, "NotFound", "the server could not find the requested resource");
        await WriteAsync(response, 200, await ServeObjectAsync(request, new ObjectName(type, ns, rest[1]), part));
    }

    private async Task ServeCollectionAsync(HttpContext context, ServedType type, string ns)
    {
        var request = context.Request;
        if (request.Method == "POST")
        {
            var document = await ReadAsync(request);
            var metadata = document["metadata"]!;
            var name = (string?)metadata["name"]
                ?? $"{(string?)metadata["generateName"]}{Guid.NewGuid().ToString("n")[..5]}";
            await WriteAsync(context.Response, 201, Store.Create(new ObjectName(type, ns, name), document));
        }
        else if (request.Query["watch"] == "true" || request.Query["watch"] == "1")
        {
            await new WatchResponse(this, type, ns.Length == 0 ? null : ns).WriteAsync(context, _serving.Token);
        }
        else
        {
            await WriteAsync(context.Response, 200, Listing.Of(Store, type, ns.Length == 0 ? null : ns, request.Query));
        }
    }

    private async Task<JsonObject> ServeObjectAsync(HttpRequest request, ObjectName name, string part)
    {
        switch (request.Method)
        {
            case "GET":
                return Store.Find(name) ?? throw new StatusException(404, "NotFound",
                    $"{name.Type.Plural} \"{name.Name}\" not found");
            case "PUT":
                var whole = await ReadAsync(request);
                return Store.Update(name, part, _ => whole);
            case "DELETE":
                var options = request.ContentLength > 0 ? await ReadAsync(request) : [];
                return Store.Delete(name, (string?)options["preconditions"]?["uid"]);
            case "PATCH":
                var patch = await ReadNodeAsync(request);
                return request.ContentType?.Split(';')[0] switch
                {
                    "application/apply-patch+yaml" =>
                        Store.Apply(name, part, request.Query["fieldManager"].ToString() is { Length: > 0 } manager
                        ? manager : throw new StatusException(400, "BadRequest",
                            "fieldManager is required for apply patch"), patch.AsObject()),
                    "application/merge-patch+json" or "application/strategic-merge-patch+json" =>
                        Store.Update(name, part, live => Applying.MergePatch(live, patch)!.AsObject()),
                    "application/json-patch+json" =>
                        Store.Update(name, part, live => Applying.JsonPatch(live, patch.AsArray())),
                    var other => throw new StatusException(415, "UnsupportedMediaType", $"no patch of type {other}"),
                };
            default:
                throw new StatusException(405, "MethodNotAllowed", $"no {request.Method} here");
        }
    }

    private JsonObject ReviewToken(JsonObject review)
    {
        var answer = Review?.Invoke((string?)review["spec"]?["token"] ?? "");
        review["status"] = answer ?? new JsonObject { ["authenticated"] = false, ["error"] = "invalid bearer token" };
        return review;
    }

    private static async Task<JsonObject> ReadAsync(HttpRequest request) => (await ReadNodeAsync(request)).AsObject();

    private static async Task<JsonNode> ReadNodeAsync(HttpRequest request) =>
        await JsonNode.ParseAsync(request.Body) ?? throw new StatusException(400, "BadRequest", "no body");

    internal static async Task WriteAsync(HttpResponse response, int status, JsonNode document)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(document));
    }
}
