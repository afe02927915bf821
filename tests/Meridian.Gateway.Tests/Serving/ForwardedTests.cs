using System.Net;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>What is said of the client, by peers that are believed and by everybody else.</summary>
public sealed class ForwardedTests
{
    private static readonly GatewayOptions Trusting = new() { Trusted = [IPNetwork.Parse("127.0.0.0/8")] };

    private static readonly string[] Spoofs =
    [
        "X-Forwarded-For", "X_Forwarded_For", "x_forwarded-for", "X-Forwarded_Proto", "X_Forwarded_Host", "X_Real_IP",
        "X-Real-IP", "X-Forwarded-Port", "X-Forwarded-Prefix", "X_FORWARDED_SSL", "X-Meridian-Site", "X_Meridian_Site",
        "Proxy_Authorization", "Keep_Alive", "HTTP2_Settings", "Forwarded",
    ];

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1:5678", "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:5678", "2001:db8::1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("[::ffff:192.0.2.1]:80", "192.0.2.1")]
    [InlineData("192.0.2.010", null)]
    [InlineData("3221225985", null)]
    [InlineData("0xC0.0.2.1", null)]
    [InlineData("192.0.2.1:", null)]
    [InlineData("192.0.2.1:http", null)]
    [InlineData("192.0.2.1:123456", null)]
    [InlineData("[2001:db8::1", null)]
    [InlineData("[2001:db8::1]x", null)]
    [InlineData("unknown", null)]
    [InlineData("_hidden", null)]
    [InlineData("", null)]
    public void An_address_is_read_with_or_without_a_port_and_strictly(string node, string? address) =>
        Assert.Equal(address, ForwardedNodes.AddressOf(node)?.ToString());

    [Theory]
    [InlineData("for=192.0.2.1", "192.0.2.1")]
    [InlineData("for=192.0.2.1, for=198.51.100.2", "192.0.2.1|198.51.100.2")]
    [InlineData("For=\"[2001:db8::1]:4711\";proto=https;by=203.0.113.43", "[2001:db8::1]:4711")]
    [InlineData("proto=http;host=\"a,b;c\";for = 192.0.2.1 , by=x", "192.0.2.1|")]
    [InlineData("", "")]
    public void Forwarded_is_read_hop_by_hop(string value, string nodes) =>
        Assert.Equal(nodes, string.Join('|', ForwardedNodes.Of(value, pairs: true)));

    [Theory]
    [InlineData("Forwarded: for=192.0.2.7;proto=https", "192.0.2.7")]
    [InlineData("Forwarded: for=198.51.100.1, for=\"[2001:db8::7]:80\", for=127.0.0.9", "2001:db8::7")]
    [InlineData("Forwarded: for=192.0.2.7, for=unknown", "127.0.0.1")]
    [InlineData("X-Forwarded-For: 192.0.2.7:5678", "192.0.2.7")]
    [InlineData("X-Forwarded-For: 192.0.2.7, 127.0.0.5", "192.0.2.7")]
    [InlineData("X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.8", "192.0.2.7")]
    [InlineData("X-Forwarded-For: 192.0.2.010", "127.0.0.1")]
    [InlineData("X-Real-IP: 192.0.2.7", "127.0.0.1")]
    public async Task The_client_is_who_a_trusted_peer_says_it_is(string fields, string client)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", "", Trusting, one);
        using var asked = await RawClient.AskAsync(world.Port,
            $"GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n{fields}\r\n\r\n");
        Assert.Equal(client, one.Requests.Single()["X-Real-IP"]);
    }

    [Fact]
    public async Task The_port_is_the_gateways_own_or_that_of_a_trusted_peer()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);
        await using var trusting = await GatewayWorld.StartAsync("", "", Trusting, one);
        foreach (var asked in (GatewayWorld[])[world, trusting])
        {
            using var client = await RawClient.AskAsync(asked.Port, "GET / HTTP/1.1\r\nHost: app.example.org\r\n"
                + "Connection: close\r\nX-Forwarded-Port: 443\r\n\r\n");
        }

        Assert.Equal([$"{world.Port}", "443"], one.Requests.Select(r => r["X-Forwarded-Port"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_speaks_for_the_gateway_by_another_spelling(bool http2)
    {
        var seen = new TaskCompletionSource<string[]>();
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(context =>
        {
            seen.TrySetResult([.. context.Request.Headers.Select(h => $"{h.Key}: {h.Value}")]);
            return Task.CompletedTask;
        }));
        await using var one = new Backend("one", (r, c) =>
        {
            seen.TrySetResult([.. r.Fields.Select(f => $"{f.Key}: {f.Value}")]);
            return c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync($"upstream: {{http2: {(http2 ? "true" : "false")}}}",
            http2 ? Backend.At("h2", server.Port()) : one);

        using var client = await RawClient.AskAsync(world.Port, "GET / HTTP/1.1\r\nHost: app.example.org\r\n"
            + string.Concat(Spoofs.Select(s => $"{s}: 6.6.6.6\r\n"))
            + "X_User: kept\r\nX-Forward: kept\r\nConnection: close\r\n\r\n");
        var fields = await seen.Task.WithinAsync(10);
        Assert.DoesNotContain(fields, f => f.Contains("6.6.6.6", StringComparison.Ordinal));
        Assert.Equal(2, fields.Count(f => f.EndsWith(": kept", StringComparison.Ordinal)));
        Assert.Single(fields, f => f.Equals("X-Real-IP: 127.0.0.1", StringComparison.OrdinalIgnoreCase));
        Assert.Single(fields, f => f.Equals("X-Forwarded-For: 127.0.0.1", StringComparison.OrdinalIgnoreCase));
        Assert.Single(fields, f => f.Equals($"X-Forwarded-Port: {world.Port}", StringComparison.OrdinalIgnoreCase));
    }
}
