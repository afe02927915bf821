using System.Net;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Tests.Forwarding;

/// <summary>Addresses that speak HTTP/2 and fail at every phase; the same promises as over HTTP/1.1.</summary>
public sealed class Http2FailoverTests
{
    private const string Route = "profile: inference, upstream: {http2: true}, retry: {perTryTimeout: 500ms}";

    [Theory]
    [InlineData("reset at once")]
    [InlineData("reset within the request")]
    [InlineData("reset after the request")]
    [InlineData("503")]
    [InlineData("silence")]
    public async Task A_request_that_fails_before_its_answer_is_carried_elsewhere_with_its_whole_body(string death)
    {
        var body = RandomNumberGenerator.GetBytes(3_000_000);
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2,
            app => app.Run(context => FailAsync(context, death)));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync));
        await using var world = await GatewayWorld.StartAsync(Route, Backend.At("bad", bad.Port()),
            Backend.At("good", good.Port()));
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var client = world.Client(version);

            using var response = await client.PostAsync("/sum", new ByteArrayContent(body));

            Assert.True(response.StatusCode == HttpStatusCode.OK,
                $"{response} {await response.Content.ReadAsStringAsync()} {world.Log}");
            Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await response.Content.ReadAsStringAsync());
            Assert.Equal(("good-site", "2"),
                (response.Headers.GetValues("x-meridian-site").Single(),
                    response.Headers.GetValues("x-meridian-attempts").Single()));
        }
    }

    [Fact]
    public async Task A_body_that_is_still_on_its_way_is_carried_elsewhere_too()
    {
        var failed = new TaskCompletionSource();
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(async context =>
        {
            await context.Request.BodyReader.ReadAtLeastAsync(1000);
            context.Abort();
            failed.TrySetResult();
        }));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync));
        await using var world = await GatewayWorld.StartAsync(Route, Backend.At("bad", bad.Port()),
            Backend.At("good", good.Port()));
        using var client = world.Client();

        var body = RandomNumberGenerator.GetBytes(200_000);
        using var response = await client.PostAsync("/sum", new PausingContent(body, known: true, () => failed.Task));

        Assert.True(response.StatusCode == HttpStatusCode.OK,
            $"{response} {await response.Content.ReadAsStringAsync()} {world.Log}");
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_that_begins_before_the_second_address_has_the_body_leaves_it_whole()
    {
        var body = RandomNumberGenerator.GetBytes(3_000_000);
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2, app =>
            app.Run(context => FailAsync(context, "reset after the request")));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(async context =>
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(100);
            await SumAsync(context);
        }));
        await using var world = await GatewayWorld.StartAsync(Route, Backend.At("bad", bad.Port()),
            Backend.At("good", good.Port()));
        using var client = world.Client();

        using var response = await client.PostAsync("/sum", new ByteArrayContent(body));

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_that_may_not_be_repeated_is_not()
    {
        var seen = 0;
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(context =>
        {
            Interlocked.Increment(ref seen);
            return FailAsync(context, "503");
        }));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync));
        await using var world = await GatewayWorld.StartAsync("upstream: {http2: true}", Backend.At("bad", bad.Port()),
            Backend.At("good", good.Port()));
        using var client = world.Client();
        using var response = await client.PostAsync("/sum", new ByteArrayContent([1]));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, 1), (response.StatusCode, seen));
        Assert.Equal("bad-site", response.Headers.GetValues("x-meridian-site").Single());
    }

    [Fact]
    public async Task An_address_with_which_no_TLS_comes_about_has_seen_nothing_of_a_request()
    {
        using var certificate = TestCertificate.Create("app.example.org");
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync),
            certificate: certificate);
        await using var world = await GatewayWorld.StartAsync(
            "profile: opaque, upstream: {http2: true, scheme: https, tls: {verify: false}}",
            Backend.At("bad", bad.Port()), Backend.At("good", good.Port()));
        using var client = world.Client();

        using var response = await client.PostAsync("/sum", new ByteArrayContent([1]));

        Assert.True(response.StatusCode == HttpStatusCode.OK, world.Log.ToString());
        Assert.Equal("good-site", response.Headers.GetValues("x-meridian-site").Single());
        Assert.StartsWith("tls: ", world.Evidence.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_says_where_its_time_went_and_counts_for_hedges()
    {
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync));
        await using var world = await GatewayWorld.StartAsync(Route, Backend.At("good", good.Port()));
        using var client = world.Client();
        for (var i = 0; i < 100; i++)
        {
            using var response = await client.GetAsync("/sum");
            Assert.Matches(@"^upstream;dur=\d+\.\d, gateway;dur=\d+\.\d$",
                response.Headers.GetValues("Server-Timing").Single());
        }

        Assert.NotNull(world.FirstByteOf(0.95));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_counted_and_not_put_together_from_two()
    {
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            await Task.Delay(50);
            context.Abort();
        }));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(SumAsync));
        await using var world = await GatewayWorld.StartAsync(Route, Backend.At("bad", bad.Port()),
            Backend.At("good", good.Port()));
        using var client = world.Client();
        var broken = await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/"));

        // The client sees the end before the gateway counts it.
        await Wait.UntilAsync(() => world.Counts.LostStreams.Contains(("bad-site", 1)),
            () => $"{broken}\n{world.Log}\n{string.Join("\n", world.Evidence)}");
        await Wait.UntilAsync(
            () => world.Log.ToString().Contains("an answer from bad-site", StringComparison.Ordinal),
            world.Log.ToString);
    }

    [Fact]
    public async Task A_call_whose_server_says_unavailable_is_made_elsewhere_where_that_is_harmless()
    {
        await using var bad = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "14";
            return Task.CompletedTask;
        }));
        await using var good = await WebServer.StartGrpcAsync();
        await using var world = await GatewayWorld.StartAsync("profile: grpc, retry: {nonIdempotent: true}",
            Backend.At("bad", bad.Port()), Backend.At("good", good.Port()));
        await using var careful = await GatewayWorld.StartAsync("profile: grpc", Backend.At("bad", bad.Port()),
            Backend.At("good", good.Port()));

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await CheckAsync(world)).Status);
        Assert.Equal(StatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => CheckAsync(careful))).StatusCode);
    }

    private static async Task<HealthCheckResponse> CheckAsync(GatewayWorld world)
    {
        using var channel = GrpcChannel.ForAddress(world.Url,
            new GrpcChannelOptions { HttpHandler = new HostHandler(new SocketsHttpHandler()) });
        return await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
    }

    private static async Task FailAsync(HttpContext context, string death)
    {
        switch (death)
        {
            case "503":
                context.Response.StatusCode = 503;
                return;
            case "silence":
                await context.Request.Body.CopyToAsync(Stream.Null);
                await Task.Delay(Timeout.Infinite, context.RequestAborted)
                    .ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            case "reset within the request":
                await context.Request.BodyReader.ReadAtLeastAsync(100_000);
                break;
            case "reset after the request":
                await context.Request.Body.CopyToAsync(Stream.Null);
                break;
        }

        context.Abort();
    }

    private static async Task SumAsync(HttpContext context)
    {
        var sum = await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted);
        await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToHexString(sum)));
    }
}
