using System.Diagnostics.Metrics;
using Meridian.Api;
using Meridian.Gateway.Observing;
using Meridian.Kubernetes.Identity;
using Meridian.Listening;
using Meridian.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Meridian.Management;

/// <summary>The HTTP server of the management API and the metrics.</summary>
internal static class ManagementServer
{
    private const int MaxConnectionsPerClient = 200;
    private const int MaxConnections = 1000;

    /// <exception cref="StartException">It cannot listen, or its certificate cannot be loaded.</exception>
    public static async Task<WebServer> StartAsync(ManagementParts parts, ManagementOptions options,
        TimeProvider time, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(logs);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        builder.Services.AddProblemDetails();
        UnreadableRequest.AddTo(builder.Services);
        builder.Services.AddSingleton(_ => new TokenVerifier(time));
        builder.Services.AddOpenApi(document => document.AddDocumentTransformer((openApi, _, _) =>
        {
            openApi.Info.Title = "Meridian management API";
            openApi.Info.Version = "v1";
            return Task.CompletedTask;
        }).AddSchemaTransformer<EnumSchema>());
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(NodeMetrics.MeterName).AddMeter(GatewayMeter.Name).AddMeter("System.Runtime")
            .AddPrometheusExporter());
        builder.Services.AddListening(MaxConnectionsPerClient, MaxConnections, Addresses.DescriptorUse.Node, time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Listen(options.EndPoint, listen =>
            {
                if (options.Certificate is { } certificate)
                    listen.UseHttps(ServerTls.With(certificate));
            });
            if (options.Health is { } health)
                kestrel.Listen(health);
        });
        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use((context, next) =>
        {
            // Changes of records are larger than anything else that is sent here.
            if (context.Request.Path.StartsWithSegments("/api/v1/records")
                && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = RecordsApi.MaxBody;
            return next(context);
        });
        var guard = new ManagementGuard(parts, options,
            app.Services.GetRequiredService<TokenVerifier>(), logs.CreateLogger<ManagementGuard>());
        app.Use(guard.InvokeAsync);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapPrometheusScrapingEndpoint();
        app.MapManagementApi(parts.Contracts, time);
        parts.RegisterMetrics(app.Services.GetRequiredService<IMeterFactory>());
        try
        {
            await app.StartAsync();
            return new WebServer(app);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            var (health, option) = options.Health is null
                ? ("", "") : ($" or for health on {options.Health}", " or --health");
            throw new StartException($"cannot listen for management on {options.EndPoint}{health}: "
                + $"{e.Message.TrimEnd('.')}; choose another address with --management{option}");
        }
    }
}
