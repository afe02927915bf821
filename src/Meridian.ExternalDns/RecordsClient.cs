using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Addresses;
using Meridian.Model.Records;

namespace Meridian.ExternalDns;

/// <summary>
/// Reads and writes the records of one or several nodes. A change goes to every node and is done when one has accepted
/// it. A node that was away lacks it; the next read shows that to ExternalDNS as a difference, so that it writes again.
/// </summary>
internal sealed class RecordsClient : IDisposable
{
    /// <summary>
    /// Marks a record that some node lacks. ExternalDNS does not know the property and so updates or deletes the
    /// record.
    /// </summary>
    public const string Incomplete = "webhook/meridian-incomplete";

    /// <summary>Shorter than ExternalDNS waits for reading (5 s) and for writing (10 s).</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(9);

    /// <summary>A node's answer is about as large as what ExternalDNS sends; this leaves room for spaces.</summary>
    private const int MaxAnswer = 2 * Webhook.MaxBody;

    private readonly WebhookOptions _options;
    private readonly Action<string> _log;
    private readonly NodeConnections _connections;

    public RecordsClient(WebhookOptions options, Action<string> log)
    {
        (_options, _log) = (options, log);
        _connections = new NodeConnections(options, MaxAnswer, log);
    }

    /// <summary>Where records may be written, by the first node that can be asked.</summary>
    /// <exception cref="NodeException">No node can be asked.</exception>
    public async Task<RecordScope> ScopeAsync(CancellationToken cancellationToken) =>
        (await AskAsync<RecordScope>("api/v1/records/scope", s => !s.Zones.IsDefault, cancellationToken))[0];

    /// <summary>The records as they were written; those that some node lacks are marked.</summary>
    /// <exception cref="NodeException">No node can be asked.</exception>
    public async Task<ImmutableArray<ClientRecord>> ReadAsync(CancellationToken cancellationToken)
    {
        var answers = await AskAsync<ClientRecord[]>("api/v1/records", r => r.All(WebhookJson.IsWhole),
            cancellationToken);
        if (answers.Count == 1)
            return [.. answers[0]];
        return
        [
            .. from record in answers.SelectMany(a => a)
               group record by record.Key into same
               orderby same.Key
               let isEverywhere = same.Count() == answers.Count && same.Select(Text).Distinct().Count() == 1
               select isEverywhere ? same.First() : MarkIncomplete(same.First()),
        ];
    }

    /// <summary>Writes changes to every node.</summary>
    /// <exception cref="NodeException">No node has accepted them.</exception>
    public async Task WriteAsync(RecordChanges changes, CancellationToken cancellationToken)
    {
        var refusals = await Task.WhenAll(_options.Servers.Select(s => WriteAsync(s, changes, cancellationToken)));
        foreach (var refusal in refusals.Where(r => r is not null))
            _log(refusal!);
        if (refusals.All(r => r is not null))
            throw new NodeException(string.Join("; ", refusals));
    }

    public void Dispose() => _connections.Dispose();

    private static string Text(ClientRecord record) => JsonSerializer.Serialize(record, WebhookJson.Options);

    private static ClientRecord MarkIncomplete(ClientRecord record) => record with
    {
        ProviderSpecific = [.. record.ProviderSpecific ?? [], new RecordProperty(Incomplete, "true")],
    };

    // Asks every node at once; the answers are those of the nodes that gave one.
    private async Task<List<T>> AskAsync<T>(string path, Func<T, bool> isWhole, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(_options.Servers.Select(s => AskAsync(s, path, isWhole, cancellationToken)));
        string[] faults = [.. replies.Select(r => r.Fault).OfType<string>()];
        foreach (var fault in faults)
            _log(fault);
        return faults.Length < replies.Length
            ? [.. replies.Where(r => r.Fault is null).Select(r => r.Answer!)]
            : throw new NodeException(string.Join("; ", faults));
    }

    private async Task<(T? Answer, string? Fault)> AskAsync<T>(
        Uri server, string path, Func<T, bool> isWhole, CancellationToken cancellationToken)
    {
        var (response, fault) = await SendAsync(server,
            () => new HttpRequestMessage(HttpMethod.Get, new Uri(server, path)), ReadLimit, cancellationToken);
        if (fault is not null)
            return (default, fault);
        using (response)
        {
            try
            {
                var answer = await response!.Content.ReadFromJsonAsync<T>(WebhookJson.Options, cancellationToken);
                return answer is not null && isWhole(answer)
                    ? (answer, null)
                    : (default, $"{server}: the answer is not that of a node");
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return (default, $"{server}: {ErrorText.Of(e)}");
            }
        }
    }

    private async Task<string?> WriteAsync(Uri server, RecordChanges changes, CancellationToken cancellationToken)
    {
        var (response, fault) = await SendAsync(server, Post, WriteLimit, cancellationToken);
        response?.Dispose();
        return fault;

        HttpRequestMessage Post() => new(HttpMethod.Post, new Uri(server, "api/v1/records"))
        {
            Content = JsonContent.Create(changes, options: WebhookJson.Options),
        };
    }

    private async Task<(HttpResponseMessage? Response, string? Fault)> SendAsync(
        Uri server, Func<HttpRequestMessage> make, TimeSpan time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            // Beside the request, which does not wait for a mount that hangs.
            var (http, token) = await Task.Run(_connections.Read, limit.Token).WaitAsync(limit.Token);
            using var request = make();
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            if (response.IsSuccessStatusCode)
                return (response, null);
            using (response)
                return (null, $"{server}: {(int)response.StatusCode}: "
                    + DisplayText.Bound(await DetailAsync(response), ErrorText.MaxLength));
        }
        catch (HttpRequestException e)
        {
            return (null, $"{server}: {ErrorText.Of(e)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return (null, $"{server}: {DisplayText.Bound(e.Message, ErrorText.MaxLength)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{server}: no answer within {time.TotalSeconds:0} s");
        }
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonObject>();
            return (string?)problem?["detail"] ?? response.ReasonPhrase ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return response.ReasonPhrase ?? "";
        }
    }
}
