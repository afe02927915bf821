using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api.Contracts;
using Meridian.Model.History;
using Meridian.Steering.Explaining;

namespace Meridian.Api;

/// <summary>
/// The typed client of the management API, for the command line: all text that comes has its control characters
/// escaped, so that what strangers wrote (an author, a backend) does nothing to a terminal.
/// </summary>
public sealed class ManagementClient : IDisposable
{
    private static readonly JsonSerializerOptions Shown =
        new(ApiJson.Options) { Converters = { new DisplayTextConverter() } };

    private readonly HttpClient _client;

    public ManagementClient(Uri server, string? token)
    {
        Server = server;
        _client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(10) };
        if (token is not null)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Server { get; }

    /// <exception cref="ManagementException">The node cannot be reached or refuses.</exception>
    public Task<StatusReport> StatusAsync(CancellationToken cancellationToken) =>
        GetAsync<StatusReport>("api/v1/status", cancellationToken);

    public Task<Explanation> ExplainAsync(string name, string? client, string? type,
        CancellationToken cancellationToken)
    {
        var query = $"api/v1/explain?name={Uri.EscapeDataString(name)}";
        if (client is not null)
            query += $"&client={Uri.EscapeDataString(client)}";
        if (type is not null)
            query += $"&type={Uri.EscapeDataString(type)}";
        return GetAsync<Explanation>(query, cancellationToken);
    }

    public Task<OverrideDocument[]> OverridesAsync(CancellationToken cancellationToken) =>
        GetAsync<OverrideDocument[]>("api/v1/overrides", cancellationToken);

    public Task<HistoryEvent[]> HistoryAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        var path = $"api/v1/history?count={query.Count}";
        foreach (var (name, value) in new (string, string?)[]
            { ("since", query.Since?.ToString("O")), ("until", query.Until?.ToString("O")), ("site", query.Site),
                ("kind", query.Kind) })
        {
            if (value is not null)
                path += $"&{name}={Uri.EscapeDataString(value)}";
        }

        return GetAsync<HistoryEvent[]>(path, cancellationToken);
    }

    public Task<FleetStatus> FleetAsync(CancellationToken cancellationToken) =>
        GetAsync<FleetStatus>("api/v1/nodes", cancellationToken);

    public async Task<DrainStatus> DrainAsync(string node, DrainRequest request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post,
            $"api/v1/nodes/{Uri.EscapeDataString(node)}/drain")
        {
            Content = JsonContent.Create(request, options: ApiJson.Options),
        }, cancellationToken);
        return await ReadAsync<DrainStatus>(response, cancellationToken);
    }

    public async Task RestoreAsync(string node, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete,
            $"api/v1/nodes/{Uri.EscapeDataString(node)}/drain"), cancellationToken);
    }

    public async Task ForgetAsync(string node, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete,
            $"api/v1/nodes/{Uri.EscapeDataString(node)}"), cancellationToken);
    }

    public Task<TunnelStatus[]> TunnelsAsync(CancellationToken cancellationToken) =>
        GetAsync<TunnelStatus[]>("api/v1/tunnels", cancellationToken);

    public async Task<string> TunnelAuthorityAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "api/v1/tunnels/authority"),
            cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public async Task<Enrollment> EnrollAsync(string agent, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post,
            $"api/v1/tunnels/{Uri.EscapeDataString(agent)}/enrollment"), cancellationToken);
        return await ReadAsync<Enrollment>(response, cancellationToken);
    }

    public async Task<OverrideResult> SetOverrideAsync(OverrideRequest request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, "api/v1/overrides")
        {
            Content = JsonContent.Create(request, options: ApiJson.Options),
        }, cancellationToken);
        return await ReadAsync<OverrideResult>(response, cancellationToken);
    }

    public async Task ClearOverrideAsync(string target, string author, bool force,
        CancellationToken cancellationToken)
    {
        var query = $"api/v1/overrides?target={Uri.EscapeDataString(target)}&author={Uri.EscapeDataString(author)}"
            + (force ? "&force=true" : "");
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, query), cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using (request)
            {
                var response = await _client.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return response;
                using (response)
                {
                    throw new ManagementException(await DetailAsync(response, cancellationToken),
                        FailureOf(request.Method, response.StatusCode));
                }
            }
        }
        catch (HttpRequestException e)
        {
            throw new ManagementException(
                $"cannot reach a node at {Server}: {e.Message}; is one running there? (--server says where)",
                ManagementFailure.Unreachable);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ManagementException($"the node at {Server} did not answer in {_client.Timeout.TotalSeconds:0} s",
                ManagementFailure.Unreachable);
        }
    }

    // 404 on a POST or PUT means a mistyped target (wrong usage); on a GET or DELETE it means that nothing is there.
    // What a node may not or cannot do says nothing of what was asked.
    private static ManagementFailure FailureOf(HttpMethod method, HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => ManagementFailure.WrongUsage,
        HttpStatusCode.NotFound when method == HttpMethod.Post => ManagementFailure.WrongUsage,
        HttpStatusCode.NotFound or HttpStatusCode.Conflict => ManagementFailure.NotSo,
        _ => ManagementFailure.NotDone,
    };

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var problem = JsonDocument.Parse(text);
            if (problem.RootElement.TryGetProperty("detail", out var detail))
                return DisplayText.Escape(detail.GetString() ?? text);
        }
        catch (JsonException)
        {
            // Not a problem document; the status has to do.
        }

        return $"the node answered {(int)response.StatusCode} {DisplayText.Escape(response.ReasonPhrase ?? "")}";
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await response.Content.ReadFromJsonAsync<T>(Shown, cancellationToken)
        ?? throw new ManagementException("the node sent an empty answer", ManagementFailure.NotDone);
}
