using System.Net;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>
/// Clients that mean no good, each against a gateway that goes on serving: what is refused is refused by its right
/// status, nothing of it reaches an address, and none of it is written down as a fault of the gateway.
/// </summary>
public sealed class AdversarialClientTests
{
    private const string Host = "Host: app.example.org\r\n";

    /// <summary>What it is, the octets, and how the answer begins.</summary>
    public static TheoryData<string, string, string> Refused => new()
    {
        { "CONNECT to the name", $"CONNECT app.example.org:443 HTTP/1.1\r\n{Host.Replace("org", "org:443",
            StringComparison.Ordinal)}\r\n", "HTTP/1.1 405" },
        { "CONNECT elsewhere", "CONNECT example.net:22 HTTP/1.1\r\nHost: example.net:22\r\n\r\n", "HTTP/1.1 405" },
        { "two codings", $"POST / HTTP/1.1\r\n{Host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 501" },
        { "chunked twice", $"POST / HTTP/1.1\r\n{Host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 501" },
        { "two fields of codings", $"POST / HTTP/1.1\r\n{Host}Transfer-Encoding: identity\r\n" +
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 501" },
        { "a length with a sign", $"POST / HTTP/1.1\r\n{Host}Content-Length: +5\r\n\r\nhello", "HTTP/1.1 400" },
        { "a length in hexadecimal", $"POST / HTTP/1.1\r\n{Host}Content-Length: 0x5\r\n\r\nhello", "HTTP/1.1 400" },
        { "a length with a space", $"POST / HTTP/1.1\r\n{Host}Content-Length: 5 5\r\n\r\nhello", "HTTP/1.1 400" },
        { "a length in Arabic digits", $"POST / HTTP/1.1\r\n{Host}Content-Length: \u00b2\r\n\r\nhe", "HTTP/1.1 400" },
        { "a target that does not end", $"GET /{new string('a', 70_000)} HTTP/1.1\r\n{Host}\r\n", "HTTP/1.1 414" },
        { "too many fields", $"GET / HTTP/1.1\r\n{Host}{Fields(201)}\r\n", "HTTP/1.1 431" },
        { "far too many fields", $"GET / HTTP/1.1\r\n{Host}{Fields(1000)}\r\n", "HTTP/1.1 431" },
        { "a field that is too large", $"GET / HTTP/1.1\r\n{Host}Cookie: {new string('a', 70_000)}\r\n\r\n",
            "HTTP/1.1 431" },
        { "a field far too large", $"GET / HTTP/1.1\r\n{Host}Cookie: {new string('a', 300_000)}\r\n\r\n",
            "HTTP/1.1 431" },
        { "no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "HTTP/1.1 400" },
        { "a null in the target", $"GET /a\0b HTTP/1.1\r\n{Host}\r\n", "HTTP/1.1 400" },
        { "%00 in the target", $"GET /a%00b HTTP/1.1\r\n{Host}\r\n", "HTTP/1.1 400" },
        { "a host that is none", "GET / HTTP/1.1\r\nHost: app.example.org@evil\r\n\r\n", "HTTP/1.1 400" },
    };

    /// <summary>What is served, and how the address gets it.</summary>
    public static TheoryData<string, string> Served => new()
    {
        { "a target of 60 000 octets", $"GET /{new string('a', 60_000)} HTTP/1.1\r\n{Host}\r\n" },
        { "150 fields", $"GET / HTTP/1.1\r\n{Host}{Fields(150)}\r\n" },
        { "one cookie of 60 000 octets", $"GET / HTTP/1.1\r\n{Host}Cookie: {new string('a', 60_000)}\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_not_to_be_forwarded_is_refused_by_its_status(string what, string request, string status)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);

        using var client = await RawClient.AskAsync(world.Port, request);
        Assert.True(client.Received.StartsWith(status, StringComparison.Ordinal), $"{what}: {client.Received}");
        Assert.Empty(one.Requests);
        await AssertWellAsync(world);
    }

    [Theory]
    [MemberData(nameof(Served))]
    public async Task What_is_within_the_limits_is_served(string what, string request)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.ConnectAsync(world.Port);
        await client.SendAsync(request);
        await client.UntilAsync("one");
        Assert.True(client.Received.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), what);
        await AssertWellAsync(world);
    }

    [Fact]
    public async Task The_limits_of_a_head_can_be_set()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", "",
            new GatewayOptions { MaxHead = 8 << 10, MaxFields = 20 }, one);

        using var many = await RawClient.AskAsync(world.Port,
            $"GET / HTTP/1.1\r\n{Host}Connection: close\r\n{Fields(21)}\r\n");
        Assert.StartsWith("HTTP/1.1 431", many.Received, StringComparison.Ordinal);
        Assert.EndsWith("more than 8192 octets or 20 fields\n", many.Received, StringComparison.Ordinal);
        using var large = await RawClient.AskAsync(world.Port,
            $"GET / HTTP/1.1\r\n{Host}Connection: close\r\nX: {new string('a', 8200)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431", large.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60_000, 200)]
    [InlineData(70_000, 431)]
    [InlineData(120_000, 431)]
    public async Task A_large_cookie_over_HTTP_2_costs_its_own_request_alone(int size, int status)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client(HttpVersion.Version20);
        using var slow = await client.GetAsync("/");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", new string('a', size));
        using var answer = await client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        await AssertWellAsync(world);
    }

    [Theory]
    [InlineData(10, 10, HttpStatusCode.OK)]
    [InlineData(30, 10, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [InlineData(10, 900, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    [InlineData(10, 20_000, HttpStatusCode.RequestHeaderFieldsTooLarge)] // more than is read of a head at all
    [InlineData(500, 10, HttpStatusCode.RequestHeaderFieldsTooLarge)]
    public async Task The_limits_of_a_head_hold_over_HTTP_2(int fields, int size, HttpStatusCode status)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", "",
            new GatewayOptions { MaxHead = 8 << 10, MaxFields = 20 }, one);
        using var client = world.Client(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        for (var i = 0; i < fields; i++)
            request.Headers.Add($"x-{i}", new string('a', size));

        using var answer = await client.SendAsync(request).WithinAsync(30);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? 1 : 0, one.Requests.Count);
        await AssertWellAsync(world);
    }

    [Fact]
    public async Task Two_framings_leave_no_trace_and_end_the_connection()
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, $"POST / HTTP/1.1\r\n{Host}Content-Length: 3\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n" + Host + "\r\n");
        Assert.StartsWith("HTTP/1.1 200", client.Received, StringComparison.Ordinal);
        Assert.Contains("Connection: close", client.Received, StringComparison.Ordinal);
        var seen = one.Requests.Single();
        Assert.Null(seen["Content-Length"]);
        Assert.Null(seen["X-Content-Length"]);
        await AssertWellAsync(world);
    }

    [Fact]
    public async Task A_coding_in_HTTP_1_0_ends_the_connection()
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, $"POST / HTTP/1.0\r\n{Host}Connection: keep-alive\r\n"
            + $"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n{Host}\r\n");
        Assert.DoesNotContain("keep-alive", client.Received, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(one.Requests, r => r.Target == "/smuggled");
        await AssertWellAsync(world);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 0\r\n\r\n")]
    public async Task Reset_content_has_no_body(string framed)
    {
        await using var one = new Backend("one", (r, c) => r.Target == "/205"
            ? c.SendAsync($"HTTP/1.1 205 Reset Content\r\n{framed}") : c.AnswerAsync("one"));
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(context =>
        {
            context.Response.StatusCode = 205;
            return Task.CompletedTask;
        }));
        await using var plain = await GatewayWorld.StartAsync("", one);
        await using var http2 = await GatewayWorld.StartAsync("upstream: {http2: true}",
            Backend.At("h2", server.Port()));
        foreach (var world in (GatewayWorld[])[plain, http2])
        {
            using var client = world.Client();
            using var reset = await client.GetAsync("/205");
            Assert.Equal((HttpStatusCode.ResetContent, 0L), (reset.StatusCode, reset.Content.Headers.ContentLength));
            Assert.DoesNotContain("fault", world.Log.ToString(), StringComparison.Ordinal);
        }

        await AssertWellAsync(plain);
    }

    [Fact]
    public async Task An_empty_field_of_an_answer_is_kept()
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("one", 200, "X-Empty:\r\nVary:\r\nX-Two: a\r\n"
            + "X-Two:\r\n"));
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, $"GET / HTTP/1.1\r\n{Host}Connection: close\r\n\r\n");
        Assert.Contains("X-Empty: \r\n", client.Received, StringComparison.Ordinal);
        Assert.Contains("Vary: \r\n", client.Received, StringComparison.Ordinal);
        Assert.Contains("X-Two: a\r\nX-Two: \r\n", client.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("within its head", "POST / HTTP/1.1\r\nHost: app.exa")]
    [InlineData("within its body", "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 100\r\n\r\nhello")]
    [InlineData("within a chunk", "POST / HTTP/1.1\r\nHost: app.example.org\r\nTransfer-Encoding: chunked\r\n\r\n" +
        "5\r\nh")]
    [InlineData("before the answer", "GET / HTTP/1.1\r\nHost: app.example.org\r\n\r\n")]
    [InlineData("within an upgrade", "GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: Upgrade\r\n" +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")]
    public async Task A_client_that_goes_away_is_no_fault_of_the_gateway(string when, string request)
    {
        var held = new SemaphoreSlim(0);
        await using var one = new Backend("one", async (r, c) =>
        {
            if (r.Target == "/well")
            {
                await c.AnswerAsync("one");
                return;
            }

            await held.WaitAsync(TestTime.Limit(20));
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        for (var i = 0; i < 5; i++)
        {
            using var client = await RawClient.ConnectAsync(world.Port);
            await client.SendAsync(request);
            client.Reset();
        }

        await Wait.UntilAsync(() => world.InFlight(one) == 0, () => $"{when}: {world.InFlight(one)} under way");
        held.Release(5);
        await AssertWellAsync(world, "/well");
    }

    private static string Fields(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {i}\r\n"));

    /// <summary>The gateway goes on serving, and has written nothing of a fault.</summary>
    private static async Task AssertWellAsync(GatewayWorld world, string path = "/")
    {
        using var client = world.Client();
        Assert.Equal("one", await client.GetStringAsync(path));
        Assert.DoesNotContain("fault", world.Log.ToString(), StringComparison.Ordinal);
        Assert.Empty(world.Evidence);
    }
}
