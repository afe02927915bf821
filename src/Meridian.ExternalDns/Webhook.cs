using System.Net;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Listening;
using Meridian.Model.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Meridian.ExternalDns;

/// <summary>
/// The webhook provider of ExternalDNS. Status codes matter: ExternalDNS exits on any 4xx and tries again later on a
/// 5xx, so that only a defect of the client itself gets a 4xx.
/// </summary>
public sealed partial class Webhook : IAsyncDisposable
{
    /// <summary>What ExternalDNS sends at most.</summary>
    public const int MaxBody = 32 * 1024 * 1024;

    /// <summary>From this number of records on a list comes near to <see cref="MaxBody"/>.</summary>
    public const int ManyRecords = 50_000;

    private const int MaxConnectionsPerClient = 200;
    private const int MaxConnections = 1000;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly RecordsClient _nodes;
    private readonly WebhookOptions _options;
    private readonly ILogger _log;
    private readonly WebhookMetrics _metrics = new();
    private WebApplication? _app;
    private volatile RecordScope? _scope;
    private volatile HashSet<string> _leftOut = [];
    private volatile bool _saidMany;
    private volatile string _lastFault = "";

    private Webhook(WebhookOptions options, ILoggerFactory logs)
    {
        _options = options;
        _log = logs.CreateLogger<Webhook>();
        _nodes = new RecordsClient(options, fault =>
        {
            // A node that stays away is logged once.
            if (_lastFault != fault)
                Log.NodeFault(_log, fault);
            _lastFault = fault;
        });
    }

    /// <summary>Where ExternalDNS asks.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <exception cref="IOException">It cannot listen.</exception>
    public static async Task<Webhook> StartAsync(WebhookOptions options, ILoggerFactory logs)
    {
        var webhook = new Webhook(options, logs);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddListening(MaxConnectionsPerClient, MaxConnections, DescriptorUse.Node,
            TimeProvider.System);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Listen(options.EndPoint);
            kestrel.Listen(options.Health);
        });
        var app = webhook._app = builder.Build();
        app.Run(webhook.ServeAsync);
        await app.StartAsync();
        Log.Started(webhook._log, options.EndPoint, string.Join(", ", options.Servers.Select(s => s.ToString())));
        return webhook;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            // What has come is answered: to dispose the server alone takes its services away under requests.
            using var limit = new CancellationTokenSource(StopLimit);
            await _app.StopAsync(limit.Token);
            await _app.DisposeAsync();
        }

        _nodes.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var (path, method) = (context.Request.Path.Value ?? "/", context.Request.Method);
        var isHealth = context.Connection.LocalPort == _options.Health.Port
            && _options.Health.Port != _options.EndPoint.Port;
        switch (isHealth, path, method)
        {
            case (_, "/healthz", "GET"):
                await context.Response.WriteAsync("ok\n");
                break;
            case (true, "/metrics", "GET"):
                context.Response.ContentType = "text/plain; version=0.0.4";
                await context.Response.WriteAsync(_metrics.Write());
                break;
            case (true, _, _):
                context.Response.StatusCode = StatusCodes.Status404NotFound; // records are for loopback alone
                break;
            case (_, "/", "GET"):
                await AnswerAsync(context, "negotiate", NegotiateAsync);
                break;
            case (_, "/records", "GET"):
                await AnswerAsync(context, "records", ReadAsync);
                break;
            case (_, "/records", "POST"):
                await AnswerAsync(context, "apply", WriteAsync);
                break;
            case (_, "/adjustendpoints", "POST"):
                await AnswerAsync(context, "adjust", AdjustAsync);
                break;
            default:
                context.Response.StatusCode = path is "/" or "/records" or "/adjustendpoints"
                    ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task AnswerAsync(HttpContext context, string operation, Func<HttpContext, Task<object?>> answer)
    {
        var failed = true;
        try
        {
            if (context.Request.Method == "POST" && !IsMedia(context.Request.ContentType))
            {
                await FailAsync(context, StatusCodes.Status415UnsupportedMediaType,
                    $"the content type must be {WebhookJson.MediaType}");
                return;
            }

            var body = await answer(context);
            context.Response.Headers.Vary = "Content-Type";
            if (body is null)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }
            else
            {
                context.Response.ContentType = WebhookJson.MediaType;
                await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, WebhookJson.Options),
                    context.RequestAborted);
            }

            failed = false;
        }
        catch (JsonException e)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, $"not the JSON of the protocol: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, e.StatusCode, e.Message);
        }
        catch (NodeException e)
        {
            // Also a refusal: ExternalDNS would end itself on a 4xx, and all its other names would go unattended.
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The client has closed its connection.
        }
        finally
        {
            _metrics.Count(operation, failed);
        }
    }

    private async Task<object?> NegotiateAsync(HttpContext context) =>
        new { include = (await ScopeAsync(context.RequestAborted)).Zones };

    private async Task<object?> ReadAsync(HttpContext context)
    {
        // A policy may have changed since the last sync.
        await ScopeAsync(context.RequestAborted);
        var records = await _nodes.ReadAsync(context.RequestAborted);
        _metrics.Records = records.Length;
        if (records.Length >= ManyRecords && !_saidMany)
            Log.Many(_log, records.Length);
        _saidMany = records.Length >= ManyRecords;
        return records;
    }

    private async Task<object?> AdjustAsync(HttpContext context)
    {
        var wanted = await JsonSerializer.DeserializeAsync<ClientRecord[]>(context.Request.Body, WebhookJson.Options,
            context.RequestAborted) ?? [];
        var scope = _scope ?? await ScopeAsync(context.RequestAborted);
        var (before, now) = (_leftOut, new HashSet<string>());
        var adjusted = Adjustment.Adjust(wanted.Select(WebhookJson.Completed), scope, reason =>
        {
            _metrics.CountLeftOut();
            if (now.Add(reason) && !before.Contains(reason))
                Log.LeftOut(_log, reason); // once, and not at every sync
        });
        _leftOut = now;
        return adjusted;
    }

    private async Task<object?> WriteAsync(HttpContext context)
    {
        var changes = await JsonSerializer.DeserializeAsync<RecordChanges>(context.Request.Body, WebhookJson.Options,
            context.RequestAborted) ?? new RecordChanges();
        changes = new RecordChanges
        {
            Create = changes.Create?.Select(WebhookJson.Completed).ToArray(),
            UpdateOld = changes.UpdateOld?.Select(WebhookJson.Completed).ToArray(),
            UpdateNew = changes.UpdateNew?.Select(WebhookJson.Completed).ToArray(),
            Delete = changes.Delete?.Select(WebhookJson.Completed).ToArray(),
        };
        if (changes.All.Any())
            await _nodes.WriteAsync(changes, context.RequestAborted);
        return null;
    }

    private async Task<RecordScope> ScopeAsync(CancellationToken cancellationToken)
    {
        var scope = await _nodes.ScopeAsync(cancellationToken);
        return _scope = DomainFilter.Of(_options.DomainFilter).Limit(scope);
    }

    private static bool IsMedia(string? type) =>
        type is not null && type.Split(';')[0].Trim() == "application/external.dns.webhook+json";

    private async Task FailAsync(HttpContext context, int status, string reason)
    {
        Log.Failed(_log, context.Request.Method, context.Request.Path, status, reason);
        if (context.Response.HasStarted)
            return;
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(reason);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "webhook provider listens on {EndPoint} and writes to {Servers}")]
        public static partial void Started(ILogger log, IPEndPoint endPoint, string servers);

        [LoggerMessage(LogLevel.Warning, "{Fault}")]
        public static partial void NodeFault(ILogger log, string fault);

        [LoggerMessage(LogLevel.Warning, "there are {Count} records, and ExternalDNS refuses lists over 32 MiB, " +
            "which is about 60,000: give each ExternalDNS fewer zones")]
        public static partial void Many(ILogger log, int count);

        [LoggerMessage(LogLevel.Warning, "left out: {Reason}")]
        public static partial void LeftOut(ILogger log, string reason);

        [LoggerMessage(LogLevel.Warning, "{Method} {Path} is answered {Status}: {Reason}")]
        public static partial void Failed(ILogger log, string method, string path, int status, string reason);
    }
}
