using System.Net;
using System.Net.Sockets;
using Meridian.Agent.Configuration;
using Meridian.Agent.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Tests.Services;

/// <summary>Probes of servers on loopback.</summary>
public sealed class ServiceProbeTests : IAsyncDisposable
{
    private WebApplication? _app;

    [Theory]
    [InlineData("Http")]
    [InlineData("Https")]
    public async Task A_request_is_sent_with_the_host_that_is_wanted(string protocol)
    {
        var port = await ServeAsync(protocol, context =>
        {
            context.Response.StatusCode = context.Request.Host.Host == "llm.example.com" ? 204 : 421;
            context.Response.Headers["x-load"] = "0.25";
            return Task.CompletedTask;
        });
        Assert.Equal(new ProbeOutcome(null, 0.25), await ProbeAsync(protocol, "/health", port, "llm.example.com"));
        Assert.Equal(new ProbeOutcome("http: 421"), await ProbeAsync(protocol, "/health", port));
    }

    [Fact]
    public async Task A_service_of_gRPC_says_how_it_is()
    {
        var asked = "";
        var port = await ServeAsync("Grpc", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            asked = $"{context.Request.Path} {context.Request.Host} {Convert.ToHexString(body.ToArray())}";
            context.Response.ContentType = "application/grpc";
            var name = body.Length > 7 ? (char)body.ToArray()[7] : ' ';
            if (name != 'x')
                await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 8, (byte)(name == 'd' ? 2 : 1) });
            context.Response.AppendTrailer("grpc-status", name == 'x' ? "5" : "0");
            if (name == 'x')
                context.Response.AppendTrailer("grpc-message", "unknown service");
        });
        Assert.Equal(new ProbeOutcome(null), await ProbeAsync("Grpc", "", port));
        Assert.Equal("/grpc.health.v1.Health/Check localhost 0000000000", asked);
        Assert.Equal(new ProbeOutcome(null), await ProbeAsync("Grpc", "up", port, "llm.example.com"));
        Assert.Equal("/grpc.health.v1.Health/Check llm.example.com 00000000040A027570", asked);
        Assert.Equal(new ProbeOutcome("grpc: it does not say SERVING"), await ProbeAsync("Grpc", "down", port));
        Assert.Equal(new ProbeOutcome("grpc: status 5 unknown service"), await ProbeAsync("Grpc", "x", port));
    }

    [Theory]
    [InlineData("Http")]
    [InlineData("Grpc")]
    public async Task What_a_service_sends_that_is_no_answer_is_not_quoted(string protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeGarbageAsync(listener);

        var outcome = await ProbeAsync(protocol, "/", ((IPEndPoint)listener.LocalEndpoint).Port);

        await serving;
        Assert.NotNull(outcome.Fault);
        Assert.DoesNotContain("S3CRET", outcome.Fault, StringComparison.Ordinal);
    }

    private static async Task ServeGarbageAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync("S3CRET\u001b[31m\r\n\r\n"u8.ToArray());
    }

    [Fact]
    public async Task What_is_not_there_or_has_no_such_address_is_a_reason_and_no_exception()
    {
        Assert.Equal(new ProbeOutcome("connect: refused"), await ProbeAsync("Http", "/", 1));
        using var probe = new ServiceProbe(new ServiceEntry("a", new ServiceAddress("", 0, "/a\0b"), null,
            ServiceEntry.DefaultInterval));
        Assert.NotNull((await probe.RunAsync(CancellationToken.None)).Fault);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private async Task<int> ServeAsync(string protocol, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocol == "Grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1;
            if (protocol == "Https")
                listen.UseHttps(TestCertificate.Create("somebody.example.com"));
        }));
        _app = builder.Build();
        _app.Run(answer);
        await _app.StartAsync();
        return new Uri(_app.Urls.First()).Port;
    }

    private static async Task<ProbeOutcome> ProbeAsync(string protocol, string target, int port, string? host = null)
    {
        using var probe = new ServiceProbe(new ServiceEntry("a", new ServiceAddress("127.0.0.1", port, null),
            new HealthRequest(Enum.Parse<HealthProtocol>(protocol), target, host), ServiceEntry.DefaultInterval));
        return await probe.RunAsync(CancellationToken.None);
    }
}
