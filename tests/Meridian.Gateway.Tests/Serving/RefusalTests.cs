using System.Net;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>The gateway's own answers, as the clients of several protocols read them.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task A_client_of_an_OpenAI_API_finds_message_type_and_code()
    {
        var dead = Backend.Named("dead");
        await dead.KillAsync();
        await using var world = await GatewayWorld.StartAsync("profile: inference", dead);
        using var client = world.Client();
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");

        using var answer = await client.PostAsync("/v1/chat/completions", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var error = json.RootElement.GetProperty("error");
        Assert.StartsWith("app.example.org cannot be served now", error.GetProperty("message").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(("server_error", "unavailable"),
            (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal(503, json.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_real_grpc_client_reads_a_refusal_as_its_status()
    {
        var dead = Backend.Named("dead");
        await dead.KillAsync();
        await using var world = await GatewayWorld.StartAsync("profile: grpc", dead);
        using var channel = GrpcChannel.ForAddress(world.Url, new GrpcChannelOptions
        {
            HttpHandler = new HostHandler(new SocketsHttpHandler()),
        });

        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest()));
        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
        Assert.StartsWith("app.example.org cannot be served now", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("down", "14")]
    [InlineData("silent", "4")]
    [InlineData("too large", "8")]
    [InlineData("unknown host", "12")]
    public async Task Each_refusal_has_its_status_of_grpc(string what, string code)
    {
        await using var silent = new Http2Backend((_, _) => Task.CompletedTask);
        await using var world = await GatewayWorld.StartAsync(
            "profile: grpc, timeouts: {firstByte: 300ms}, limits: {requestBody: 1Ki}",
            Backend.At("one", what == "down" ? Ports.Free() : silent.Port));
        using var client = world.Client(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/grpc.health.v1.Health/Check")
        {
            Content = new ByteArrayContent(new byte[what == "too large" ? 2000 : 5]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        if (what == "unknown host")
            request.Headers.Host = "nobody.example.org";

        using var answer = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "application/grpc"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(code, answer.Headers.GetValues("grpc-status").Single());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n")]
    [InlineData("TLS/1.0", "")]
    [InlineData("chat/1.0, websocket", "")]
    public async Task An_upgrade_to_something_else_is_answered_as_if_it_had_not_been_asked(string protocol, string more)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.ConnectAsync(world.Port);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + $"Upgrade: {protocol}\r\n{more}\r\n");
        await client.UntilAsync("\r\n\r\none");
        Assert.StartsWith("HTTP/1.1 200", client.Received, StringComparison.Ordinal);
        var seen = one.Requests.Single();
        Assert.All(["Upgrade", "Connection", "HTTP2-Settings", "Transfer-Encoding"], name => Assert.Null(seen[name]));
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("SPDY/3.1")]
    public async Task Octets_go_both_ways_after_an_upgrade(string protocol)
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                + $"Upgrade: {r["Upgrade"]}\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhello");
            Assert.Equal("ping", await c.ReadUntilAsync("ping"));
            await c.SendAsync("pong");
        });
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.ConnectAsync(world.Port);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: Upgrade\r\n"
            + $"Upgrade: {protocol}\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await client.UntilAsync("\r\n\r\nhello");
        await client.SendAsync("ping");
        await client.UntilAsync("hellopong");
    }
}
