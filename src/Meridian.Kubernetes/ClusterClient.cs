using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Meridian.Kubernetes.Watching;

namespace Meridian.Kubernetes;

/// <summary>
/// One cluster's API, object by object, as JSON. Addresses, certificates and credentials are the official client's;
/// what it sends and reads is kept as JSON, so that a field that this program does not know is never lost.
/// </summary>
public sealed class ClusterClient : IDisposable
{
    /// <summary>Longest wait for the answer to a request that is not a watch.</summary>
    public static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    private readonly k8s.Kubernetes _client;

    /// <exception cref="ClusterConfigurationException">The credentials cannot be used.</exception>
    public ClusterClient(KubernetesClientConfiguration configuration)
    {
        try
        {
            _client = new k8s.Kubernetes(configuration);
        }
        catch (Exception e) when (e is k8s.Exceptions.KubeConfigException or ArgumentException or FormatException
            or System.Security.Cryptography.CryptographicException)
        {
            throw new ClusterConfigurationException($"{configuration.Host}: {e.Message}");
        }

        Namespace = configuration.Namespace is { Length: > 0 } ns ? ns : "default";
    }

    /// <summary>Where the API server is.</summary>
    public Uri Server => _client.BaseUri;

    /// <summary>The namespace that the configuration names, or <c>default</c>.</summary>
    public string Namespace { get; }

    /// <summary>The object; null if there is none.</summary>
    public async Task<JsonObject?> FindAsync(ApiResource resource, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, resource.PathOf(key), null, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>A page of a collection.</summary>
    public async Task<JsonDocument> ListAsync(ApiResource resource, string? ns, string query,
        CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, UriOf(resource.PathOf(ns), query));
        using var response = await SendAsync(request, limit.Token);
        return await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(limit.Token),
            cancellationToken: limit.Token);
    }

    public Task<JsonObject> CreateAsync(ApiResource resource, JsonObject document,
        CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, resource.PathOf((string?)document["metadata"]?["namespace"]), Json(document),
            cancellationToken);

    /// <summary>
    /// Writes an object whole. One with a <c>resourceVersion</c> that is no longer current is refused as a conflict.
    /// </summary>
    public Task<JsonObject> ReplaceAsync(ApiResource resource, ObjectKey key, JsonObject document,
        CancellationToken cancellationToken, string? subresource = null) =>
        SendAsync(HttpMethod.Put, resource.PathOf(key, subresource), Json(document), cancellationToken);

    /// <summary>
    /// Server-side apply: sets the fields of <paramref name="manager"/>, and takes them over from other managers.
    /// </summary>
    public Task<JsonObject> ApplyAsync(ApiResource resource, ObjectKey key, JsonObject document, string manager,
        CancellationToken cancellationToken, string? subresource = null)
    {
        document["apiVersion"] = resource.ApiVersion;
        document["kind"] = resource.Kind;
        var metadata = document["metadata"] as JsonObject;
        if (metadata is null)
            document["metadata"] = metadata = [];
        metadata["name"] = key.Name;
        if (key.Namespace.Length > 0)
            metadata["namespace"] = key.Namespace;
        return SendAsync(HttpMethod.Patch,
            $"{resource.PathOf(key, subresource)}?fieldManager={Uri.EscapeDataString(manager)}&force=true",
            Json(document, "application/apply-patch+yaml"), cancellationToken);
    }

    /// <summary>JSON merge patch (RFC 7396).</summary>
    public Task<JsonObject> MergeAsync(ApiResource resource, ObjectKey key, JsonObject patch,
        CancellationToken cancellationToken, string? subresource = null) =>
        SendAsync(HttpMethod.Patch, resource.PathOf(key, subresource), Json(patch, "application/merge-patch+json"),
            cancellationToken);

    /// <summary>
    /// Deletes an object, where a UID is given only that very one; an object that does not exist counts as deleted.
    /// </summary>
    public async Task DeleteAsync(ApiResource resource, ObjectKey key, string? uid, CancellationToken cancellationToken)
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions" };
        if (uid is not null)
            options["preconditions"] = new JsonObject { ["uid"] = uid };
        try
        {
            await SendAsync(HttpMethod.Delete, resource.PathOf(key), Json(options), cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Somebody else deleted it first.
        }
    }

    /// <summary>
    /// The events of a watch until the server ends it. Silence longer than <paramref name="idle"/> is a
    /// <see cref="TimeoutException"/>.
    /// </summary>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ApiResource resource, string? ns, string query, TimeSpan idle, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => silence.Cancel(), null, idle, Timeout.InfiniteTimeSpan);
        using var request = new HttpRequestMessage(HttpMethod.Get, UriOf(resource.PathOf(ns), query));
        var response = await UnlessSilent(SendAsync(request, silence.Token), idle, cancellationToken);
        using (response)
        {
            var reader = new WatchReader(await response.Content.ReadAsStreamAsync(silence.Token));
            while (await UnlessSilent(reader.ReadAsync(silence.Token), idle, cancellationToken) is { } watchEvent)
            {
                timer.Change(idle, Timeout.InfiniteTimeSpan);
                yield return watchEvent;
            }
        }
    }

    /// <summary>Any request with a JSON answer.</summary>
    /// <exception cref="ApiException">The server refused it.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, HttpContent? content,
        CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        using var request = new HttpRequestMessage(method, UriOf(path, "")) { Content = content };
        try
        {
            using var response = await SendAsync(request, limit.Token);
            return await response.Content.ReadFromJsonAsync<JsonObject>(limit.Token) ?? [];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Server}: no answer within {RequestLimit.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _client.Dispose();

    internal static HttpContent Json(JsonNode document, string type = "application/json") =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(document))
        {
            Headers = { ContentType = new MediaTypeHeaderValue(type) },
        };

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(RequestLimit);
        return source;
    }

    private static async Task<T> UnlessSilent<T>(Task<T> task, TimeSpan idle, CancellationToken cancellationToken)
    {
        try
        {
            return await task;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the server sent nothing for {idle.TotalSeconds:0} s");
        }
    }

    private Uri UriOf(string path, string query) => new(_client.BaseUri, query.Length == 0 ? path : $"{path}?{query}");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Accept.ParseAdd("application/json");
        if (_client.Credentials is { } credentials)
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        var response = await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ReadFaultAsync(response, cancellationToken);
    }

    private static async Task<ApiException> ReadFaultAsync(HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var (reason, message) = ("", $"{(int)response.StatusCode} {response.ReasonPhrase}");
        try
        {
            var status = await response.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
            reason = (string?)status?["reason"] ?? "";
            message = (string?)status?["message"] ?? message;
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException
            or InvalidOperationException)
        {
            // A proxy's page, say: the code has to do.
        }

        return new ApiException(response.StatusCode, reason, message, response.Headers.RetryAfter?.Delta);
    }
}
