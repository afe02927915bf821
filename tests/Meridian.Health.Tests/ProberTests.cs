using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Health.Probes;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Meridian.Health.Tests;

/// <summary>Scenarios 6, 7 and 8, and every kind of probe, against real servers.</summary>
public sealed class ProberTests
{
    [Fact]
    public async Task Http_is_judged_by_status()
    {
        await using var server =
            await HttpServer.StartAsync(c => c.Response.StatusCode = c.Request.Path == "/401"
                ? 401 : c.Request.Path == "/500" ? 500 : 200);

        Assert.Equal("http: 200", await Ask(server, new HttpCheck()));
        Assert.Equal("http: 401",
            await Ask(server, new HttpCheck { Path = "/401", ExpectedStatus = ["200-204", "401"] }));
        Assert.Equal("DOWN http: 500, wanted 200-204, 401",
            await Ask(server, new HttpCheck { Path = "/500", ExpectedStatus = ["200-204", "401"] }));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await HttpServer.StartAsync(c => c.Response.Redirect("/elsewhere"));

        Assert.Equal("http: 302", await Ask(server, new HttpCheck()));
        Assert.Equal("DOWN http: 302, wanted 200", await Ask(server, new HttpCheck { ExpectedStatus = ["200"] }));
    }

    [Fact]
    public async Task Http_is_judged_by_the_first_64_KiB_of_the_body()
    {
        await using var server = await HttpServer.StartAsync(async c =>
        {
            await c.Response.WriteAsync(new string('x', c.Request.Path == "/late" ? 70_000 : 60_000));
            await c.Response.WriteAsync("healthy");
        });

        Assert.Equal("http: 200", await Ask(server, new HttpCheck { ExpectedBody = "healthy" }));
        Assert.Equal("DOWN http: 200, but `healthy` is not in the first 64 KiB of the body",
            await Ask(server, new HttpCheck { Path = "/late", ExpectedBody = "healthy" }));
    }

    [Fact]
    public async Task Two_virtual_hosts_on_one_address_are_told_apart_by_host_header_and_sends_its_headers()
    {
        await using var server = await HttpServer.StartAsync(c =>
            c.Response.StatusCode = c.Request.Host.Host == "good.example"
            && c.Request.Headers["x-probe"] == "meridian" ? 200 : 503);
        var headers = new HttpCheck().Headers.Add("x-probe", "meridian");

        Assert.Equal("http: 200", await Ask(server, new HttpCheck { Headers = headers }, host: "good.example"));
        Assert.Equal("DOWN http: 503, wanted 200-399",
            await Ask(server, new HttpCheck { Headers = headers }, host: "bad.example"));
    }

    [Fact]
    public async Task Refused_reset_and_silent_connections_are_told_in_words()
    {
        var refusing = new TcpListener(IPAddress.Loopback, 0);
        refusing.Start();
        var port = ((IPEndPoint)refusing.LocalEndpoint).Port;
        refusing.Stop();
        Assert.Equal("DOWN connect: refused", await Ask(port, new HttpCheck()));

        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Assert.Equal("DOWN timeout after 300ms",
            await Ask(((IPEndPoint)silent.LocalEndpoint).Port, new HttpCheck(), timeout: 300));

        using var resetting = new TcpListener(IPAddress.Loopback, 0);
        resetting.Start();
        var reset = Task.Run(async () =>
        {
            using var socket = await resetting.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[1024]);
            socket.LingerState = new LingerOption(true, 0);
        });
        Assert.Equal("DOWN connection reset by the peer",
            await Ask(((IPEndPoint)resetting.LocalEndpoint).Port, new HttpCheck()));
        await reset;
    }

    [Fact]
    public async Task A_slow_answer_is_a_timeout()
    {
        await using var server = await HttpServer.StartAsync(c => Task.Delay(5000, c.RequestAborted));

        Assert.Equal("DOWN timeout after 300ms", await Ask(server, new HttpCheck(), timeout: 300));
    }

    [Theory]
    [InlineData("good.example", 0, true, "self-signed")]
    [InlineData("other.example", 0, true,
        "tls: name mismatch (other.example was asked for, the certificate is for good.example)")]
    [InlineData("good.example", -10, true, "tls: certificate expired on")]
    [InlineData("other.example", -10, false, "http: 200")]
    public async Task Certificates_are_verified_and_refused_in_words(string host, int shiftDays, bool verify,
        string words)
    {
        using var certificate = Certificate("good.example", shiftDays);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate);

        Assert.Contains(words, await Ask(server,
            new HttpCheck { Scheme = HttpScheme.Https, Tls = new TlsCheck { Verify = verify } }, host,
            timeout: 20_000));
    }

    [Fact]
    public async Task The_server_name_of_the_check_chooses_the_certificate()
    {
        string? asked = null;
        using var certificate = Certificate("sni.example", 0);
        await using var server = await HttpServer.StartAsync(_ => { }, certificate, name => asked = name);

        await Ask(server, new HttpCheck
        {
            Scheme = HttpScheme.Https,
            Tls = new TlsCheck { Verify = false, ServerName = "sni.example" },
        }, "host.example", timeout: 20_000);

        Assert.Equal("sni.example", asked);
    }

    [Fact]
    public async Task Tcp_connects_sends_and_expects()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var buffer = new byte[16];
                if (i > 0 && await client.GetStream().ReadAsync(buffer) > 0)
                    await client.GetStream().WriteAsync("+PONG\r\n"u8.ToArray());
            }
        });

        Assert.Equal("tcp: connected", await Ask(new HealthCheck { Name = "c", Tcp = new TcpCheck() }, port));
        Assert.Equal("tcp: expected answer",
            await Ask(new HealthCheck { Name = "c", Tcp = new TcpCheck { Send = "PING\r\n", Expect = "+PONG" } },
                port));
        Assert.Equal("DOWN tcp: closed before `+NOPE` came",
            await Ask(new HealthCheck { Name = "c", Tcp = new TcpCheck { Send = "PING\r\n", Expect = "+NOPE" } },
                port));
        await serving;
    }

    [Fact]
    public async Task Ping_asks_with_an_echo() =>
        Assert.Equal("ping: answered",
            await Ask(new HealthCheck { Name = "c", Ping = new PingCheck() }, 0, timeout: 20_000));

    [Theory]
    [InlineData("", "grpc: SERVING")]
    [InlineData("sick", "DOWN grpc: NOT_SERVING, wanted SERVING")]
    [InlineData("unknown", "DOWN grpc: NotFound")]
    public async Task Grpc_asks_the_health_service(string service, string words)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddGrpcHealthChecks(o => o.Services.Map("sick", r => r.Tags.Contains("sick")))
            .AddCheck("well", () => Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy())
            .AddCheck("sick", () => Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy(),
                ["sick"]);
        builder.Services.Configure<Grpc.AspNetCore.HealthChecks.GrpcHealthChecksOptions>(o =>
            o.Services.Map("", r => !r.Tags.Contains("sick")));
        builder.Services.Configure<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckPublisherOptions>(o =>
            o.Delay = TimeSpan.Zero);
        await using var server = builder.Build();
        server.MapGrpcHealthChecksService();
        await server.StartAsync();
        var port = new Uri(server.Urls.First()).Port;

        Assert.StartsWith(words,
            await Ask(new HealthCheck { Name = "c", Grpc = new GrpcCheck { Service = service } }, port,
                timeout: 20_000));
    }

    [Fact]
    public async Task Grpc_failures_are_told_in_words()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        Assert.Equal("DOWN connect: refused",
            await Ask(new HealthCheck { Name = "c", Grpc = new GrpcCheck() }, port, timeout: 20_000));
    }

    [Fact]
    public async Task An_external_feed_is_read_from_a_file()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file,
            "# states\n127.0.0.1 UP\n10.0.0.1 DOWN\n127.0.0.1  up/30 # later lines win\n");
        var check = new HealthCheck
        {
            Name = "c",
            External = new ExternalCheck { File = file },
            Timeout = TimeSpan.FromSeconds(2),
        };
        using var prober = new Prober(TimeProvider.System);

        var result = await prober.ProbeAsync(new ProbeTarget(new ProbeKey("c", "127.0.0.1", 0, ""), check), default);
        Assert.True(result is { Ok: true, Decisive: true });
        Assert.Equal(30, result.TtlLimit!.Value.TotalSeconds);
        Assert.Equal("DOWN external: DOWN", await Ask(check, 0, target: "10.0.0.1"));
        Assert.Equal("DOWN external: the feed has no line for 10.0.0.9", await Ask(check, 0, target: "10.0.0.9"));
        File.Delete(file);
        Assert.StartsWith("DOWN external: the feed cannot be read", await Ask(check, 0));
    }

    private static Task<string> Ask(HttpServer server, HttpCheck http, string host = "app.example",
        int timeout = 20_000) =>
        Ask(server.Port, http, host, timeout);

    private static Task<string> Ask(int port, HttpCheck http, string host = "app.example", int timeout = 20_000) =>
        Ask(new HealthCheck { Name = "c", Http = http }, port, timeout, host: host);

    private static async Task<string> Ask(HealthCheck check, int port, int timeout = 20_000,
        string target = "127.0.0.1", string host = "app.example")
    {
        using var prober = new Prober(TimeProvider.System);
        check = check with { Timeout = TimeSpan.FromMilliseconds(timeout) };
        var result = await prober.ProbeAsync(new ProbeTarget(new ProbeKey("c", target, port, host), check),
            CancellationToken.None);
        return result.Ok ? result.Reason : $"DOWN {result.Reason}";
    }

    private static X509Certificate2 Certificate(string name, int shiftDays)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(shiftDays - 1),
            DateTimeOffset.UtcNow.AddDays(shiftDays + 1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private sealed class HttpServer(WebApplication app) : IAsyncDisposable
    {
        public int Port { get; } = new Uri(app.Urls.First()).Port;

        public static Task<HttpServer> StartAsync(Action<HttpContext> answer, X509Certificate2? certificate = null,
            Action<string?>? sni = null) =>
            StartAsync(c =>
            {
                answer(c);
                return Task.CompletedTask;
            }, certificate, sni);

        public static async Task<HttpServer> StartAsync(Func<HttpContext, Task> answer,
            X509Certificate2? certificate = null, Action<string?>? sni = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l =>
            {
                if (certificate is not null)
                {
                    l.UseHttps(h => h.ServerCertificateSelector = (_, name) =>
                    {
                        sni?.Invoke(name);
                        return certificate;
                    });
                }
            }));
            var app = builder.Build();
            app.Run(c => answer(c));
            await app.StartAsync();
            return new HttpServer(app);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
