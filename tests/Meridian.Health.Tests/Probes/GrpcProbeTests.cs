using System.Net;
using Grpc.AspNetCore.HealthChecks;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using static Meridian.Health.Tests.Support.Probing;

namespace Meridian.Health.Tests.Probes;

public sealed class GrpcProbeTests
{
    [Theory]
    [InlineData("", "grpc: SERVING")]
    [InlineData("sick", "DOWN grpc: NOT_SERVING, wanted SERVING")]
    [InlineData("unknown", "DOWN grpc: NotFound")]
    public async Task The_health_service_is_asked_for_the_service(string service, string expected)
    {
        await using var server = await StartAsync();

        Assert.StartsWith(expected, await AskAsync(Check(service), new Uri(server.Urls.First()).Port));
    }

    [Fact]
    public async Task A_refused_connection_says_so() =>
        Assert.Equal("DOWN connect: refused", await AskAsync(Check(""), LoopbackPort.Unused()));

    [Fact]
    public async Task A_server_without_the_health_service_is_down()
    {
        await using var server = await HttpServer.StartAsync(_ => { });

        Assert.StartsWith("DOWN ", await AskAsync(Check(""), server.Port));
    }

    private static HealthCheck Check(string service) => new()
    {
        Name = "c",
        Grpc = new GrpcCheck { Service = service },
    };

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcHealthChecks(o => o.Services.Map("sick", r => r.Tags.Contains("sick")))
            .AddCheck("well", () => HealthCheckResult.Healthy())
            .AddCheck("sick", () => HealthCheckResult.Unhealthy(), ["sick"]);
        builder.Services.Configure<GrpcHealthChecksOptions>(o =>
            o.Services.Map("", r => !r.Tags.Contains("sick")));
        builder.Services.Configure<HealthCheckPublisherOptions>(o => o.Delay = TimeSpan.Zero);
        var server = builder.Build();
        server.MapGrpcHealthChecksService();
        await server.StartAsync();
        return server;
    }
}
