using System.Text;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>Clients that take their time within a request.</summary>
public sealed class SlowClientTests
{
    private const string Head = "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 10\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_stops_is_refused_and_its_address_is_not_blamed(bool http2)
    {
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2,
            app => app.Run(context => context.Request.Body.CopyToAsync(Stream.Null)));
        await using var one = new Backend("one", async (r, c) => await c.ReadBodyAsync(r));
        await using var world = await GatewayWorld.StartAsync(
            $"timeouts: {{idle: 300ms}}, upstream: {{http2: {(http2 ? "true" : "false")}}}",
            http2 ? Backend.At("h2", server.Port()) : one);

        using var client = await RawClient.AskAsync(world.Port, Head + "hello");
        Assert.StartsWith("HTTP/1.1 408", client.Received, StringComparison.Ordinal);
        Assert.EndsWith("408 timeout: nothing more of the body came within 300ms\n", client.Received,
            StringComparison.Ordinal);
        Assert.Contains("Connection: close", client.Received, StringComparison.Ordinal);
        Assert.Empty(world.Evidence);
    }

    [Fact]
    public async Task A_body_may_pause_for_longer_than_a_web_server_likes()
    {
        // Kestrel's own limit is 240 octets a second, 5 s long. A live microphone is silent for longer.
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(async context =>
        {
            context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
            using var body = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await body.ReadToEndAsync());
        }));
        await using var one = new Backend("one",
            async (r, c) => await c.AnswerAsync(Encoding.ASCII.GetString(await c.ReadBodyAsync(r))));
        await using var plain = await GatewayWorld.StartAsync("", one);
        await using var http2 = await GatewayWorld.StartAsync("upstream: {http2: true}",
            Backend.At("h2", server.Port()));
        using var first = await RawClient.ConnectAsync(plain.Port);
        using var second = await RawClient.ConnectAsync(http2.Port);

        await first.SendAsync(Head + "hello");
        await second.SendAsync(Head + "hello");

        // Real time: longer than the grace of the server's own rate, which no test can move.
        await Task.Delay(TimeSpan.FromSeconds(7));
        await first.SendAsync("world");
        await second.SendAsync("world");
        await first.UntilAsync("helloworld");
        await second.UntilAsync("helloworld");
    }

    [Theory]
    [InlineData("zz\r\n", "400 bad-request: the body is not framed as HTTP/1.1 says, or ended early\n")]
    [InlineData("20000\r\n", "413 too-large: the body is larger than 64Ki\n")]
    public async Task What_is_wrong_with_a_body_is_told_in_our_own_words(string chunk, string words)
    {
        await using var one = new Backend("one", async (r, c) => await c.ReadBodyAsync(r));
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2,
            app => app.Run(context => context.Request.Body.CopyToAsync(Stream.Null)));
        await using var plain = await GatewayWorld.StartAsync("limits: {requestBody: 64Ki}", one);
        await using var http2 = await GatewayWorld.StartAsync("limits: {requestBody: 64Ki}, upstream: {http2: true}",
            Backend.At("h2", server.Port()));

        foreach (var world in (GatewayWorld[])[plain, http2])
        {
            using var client = await RawClient.AskAsync(world.Port, "POST / HTTP/1.1\r\nHost: app.example.org\r\n"
                + $"Transfer-Encoding: chunked\r\n\r\n{chunk}{new string('a', 0x10100)}");
            Assert.EndsWith(words, client.Received, StringComparison.Ordinal);
            Assert.Empty(world.Evidence);
        }
    }
}
