using System.Net;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>The target of a request reaches its address octet by octet, whichever way it goes.</summary>
public sealed class TargetTests
{
    private static readonly string[] Targets =
    [
        "/", "/?", "/a%2Fb", "/a%2fb", "/a/../b", "/a/./b", "/..", "/%zz", "/%", "/a|b", "/a^b", "/{a}", "//a//b/",
        "/a\\b", "/a;b=c", "/a+b", "/%E3%81%82", "/~a", "/%7Ea", "/a:b@c", "/a?b=%zz|c&d={}", "/a?b?c=/../d",
        "/a%20b?c%20d", "/a?http://x/y", "/%2e%2e/a", "/a%252Fb", "/\"a\"", "/<a>", "/a`b",
    ];

    [Fact]
    public async Task Of_http_1_1()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = await RawClient.ConnectAsync(world.Port);
        foreach (var target in Targets)
            await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: app.example.org\r\n\r\n");
        await client.SendAsync("GET /end HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n\r\n");
        await client.ReadToEndAsync();

        Assert.Equal([.. Targets, "/end"], one.Requests.Select(r => r.Target));
    }

    [Theory]
    [InlineData("http://app.example.org/a%252Fb", "/a%252Fb")]
    [InlineData("http://app.example.org/a/../b?c=%zz|d", "/a/../b?c=%zz|d")]
    [InlineData("http://app.example.org", "/")]
    [InlineData("http://app.example.org?a=b", "/?a=b")]
    public async Task Of_a_whole_url(string url, string target)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port,
            $"GET {url} HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", client.Received, StringComparison.Ordinal);
        Assert.Equal(target, one.Requests.Single().Target);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("http://app.example.org")]
    public async Task Of_a_question_about_the_server_itself(string target)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port,
            $"OPTIONS {target} HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n\r\n");
        Assert.Equal("OPTIONS * HTTP/1.1", one.Requests.Single().Line);
    }

    [Fact]
    public async Task Of_http_2_to_an_address_of_http_1_1()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client(HttpVersion.Version20);
        foreach (var target in Targets)
            Assert.Equal("one", await client.GetStringAsync(Raw(world, target)));

        Assert.Equal(Targets, one.Requests.Select(r => r.Target));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task To_an_address_of_http_2(string version)
    {
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(context =>
            context.Response.WriteAsync(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)));
        await using var world = await GatewayWorld.StartAsync("upstream: {http2: true}",
            Backend.At("h2", server.Port()));
        using var client = world.Client(Version.Parse(version));

        foreach (var target in Targets)
            Assert.Equal(target, await client.GetStringAsync(Raw(world, target)));
    }

    [Fact]
    public async Task Of_a_web_socket()
    {
        await using var one = new Backend("one", (r, c) => c.SendAsync(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
        await using var world = await GatewayWorld.StartAsync("", one);
        foreach (var target in Targets)
        {
            using var client = await RawClient.ConnectAsync(world.Port);
            await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: app.example.org\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            await client.UntilAsync("HTTP/1.1 101");
        }

        Assert.Equal(Targets, one.Requests.Select(r => r.Target));
    }

    private static Uri Raw(GatewayWorld world, string target) => new($"http://127.0.0.1:{world.Port}{target}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
