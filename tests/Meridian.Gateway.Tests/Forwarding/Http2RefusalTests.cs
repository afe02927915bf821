using System.Net;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static Meridian.Gateway.Tests.Support.Http2Backend;

namespace Meridian.Gateway.Tests.Forwarding;

/// <summary>
/// Addresses of HTTP/2 that say that they have not processed a request (RFC 9113 sections 6.8 and 8.7): another one may
/// have it, whatever its method is.
/// </summary>
public sealed class Http2RefusalTests
{
    private const byte RefusedStream = 7, InternalError = 2;

    public static TheoryData<string, string> Refusals => new()
    {
        { "refused", "GET" },
        { "refused", "POST" },
        { "going away", "GET" },
        { "going away", "POST" },
        { "going away with an error", "POST" },
        { "refused", "DELETE" },
        { "going away", "PATCH" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_request_that_was_not_processed_goes_elsewhere(string how, string method)
    {
        await using var bad = new Http2Backend(async (stream, c) =>
        {
            if (how == "refused")
            {
                await c.SendAsync(Reset, 0, stream, 0, 0, 0, RefusedStream);
                return;
            }

            // The last stream that was processed is 0.
            await c.SendAsync(GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(how == "going away" ? 0 : InternalError));
            c.Dispose();
        });
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync($"{context.Request.Method} {await body.ReadToEndAsync()}");
        }));
        await using var world = await GatewayWorld.StartAsync("upstream: {http2: true}",
            Backend.At("bad", bad.Port), Backend.At("good", good.Port()));
        using var client = world.Client();

        using var request = new HttpRequestMessage(new HttpMethod(method), "/");
        if (method == "POST")
            request.Content = new StringContent("body");
        using var answer = await client.SendAsync(request).WithinAsync(20);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{await answer.Content.ReadAsStringAsync()} {world.Log}");
        Assert.Equal(method == "POST" ? "POST body" : $"{method} ", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_that_may_have_been_processed_does_not()
    {
        await using var bad = new Http2Backend((stream, c) => c.SendAsync(Reset, 0, stream, 0, 0, 0, InternalError));
        await using var good = await WebServer.StartAsync(HttpProtocols.Http2,
            app => app.Run(context => context.Response.WriteAsync("good")));
        await using var world = await GatewayWorld.StartAsync("upstream: {http2: true}",
            Backend.At("bad", bad.Port), Backend.At("good", good.Port()));
        using var client = world.Client();

        using var answer = await client.PostAsync("/", new StringContent("body")).WithinAsync(20);
        Assert.Equal((HttpStatusCode.BadGateway, 1), (answer.StatusCode, bad.Begun));
    }
}
