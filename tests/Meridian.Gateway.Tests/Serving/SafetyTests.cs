using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>Raw octets that two readers might understand in two ways, and clients that mean no good.</summary>
public sealed class SafetyTests
{
    /// <summary>What must be refused, and must not reach an address.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { "two lengths", "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 5\r\nContent-Length: 6\r\n" +
            "\r\nhello!" },
        { "a list of lengths", "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 5, 6\r\n\r\nhello!" },
        { "a negative length", "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: -5\r\n\r\nhello" },
        { "a folded field", "GET / HTTP/1.1\r\nHost: app.example.org\r\nX-A: b\r\n c\r\n\r\n" },
        { "a folded length", "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length:\r\n 5\r\n\r\nhello" },
        { "space before the colon", "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length : 5\r\n\r\nhello" },
        { "a field without a name", "GET / HTTP/1.1\r\nHost: app.example.org\r\n: x\r\n\r\n" },
        { "a zero octet in a field", "GET / HTTP/1.1\r\nHost: app.example.org\r\nX-A: a\0b\r\n\r\n" },
        { "a lone CR in a field", "GET / HTTP/1.1\r\nHost: app.example.org\r\nX-A: a\rb\r\n\r\n" },
        { "no host", "GET / HTTP/1.1\r\n\r\n" },
        { "two hosts", "GET / HTTP/1.1\r\nHost: app.example.org\r\nHost: other.example.org\r\n\r\n" },
        { "a host with a path", "GET / HTTP/1.1\r\nHost: app.example.org/x\r\n\r\n" },
        { "chunked not last", "POST / HTTP/1.1\r\nHost: app.example.org\r\nTransfer-Encoding: chunked, identity\r\n" +
            "\r\n0\r\n\r\n" },
        { "an unknown coding", "POST / HTTP/1.1\r\nHost: app.example.org\r\nTransfer-Encoding: xchunked\r\n\r\n" +
            "0\r\n\r\n" },
        { "a version of tomorrow", "GET / HTTP/9.9\r\nHost: app.example.org\r\n\r\n" },
        { "no version", "GET /\r\nHost: app.example.org\r\n\r\n" },
        { "space in the target", "GET /a b HTTP/1.1\r\nHost: app.example.org\r\n\r\n" },
        { "another host in the target", "GET http://other.example.org/ HTTP/1.1\r\nHost: app.example.org\r\n\r\n" },
    };

    /// <summary>Bodies that are not well framed: an address may see the beginning, and never a whole request.</summary>
    public static TheoryData<string, string> Broken => new()
    {
        { "no size", "zz\r\nhello\r\n0\r\n\r\n" },
        { "a signed size", "+5\r\nhello\r\n0\r\n\r\n" },
        { "a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n" },
        { "a size beyond all numbers", "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n" },
        { "a chunk longer than its size", "3\r\nhello\r\n0\r\n\r\n" },
        { "a lone LF behind the size", "5\nhello\r\n0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_can_be_read_in_two_ways_is_refused(string what, string request)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);

        var answer = await SendAsync(world.Port, request);
        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal)
            || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal) || answer.Length == 0, $"{what}: {answer}");
        Assert.Empty(one.Requests);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_chunk_never_becomes_a_whole_request(string what, string body)
    {
        var whole = 0;
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            whole++;
            await c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);

        var answer = await SendAsync(world.Port,
            $"POST / HTTP/1.1\r\nHost: app.example.org\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        Assert.True(answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal) || answer.Length == 0,
            $"{what}: {answer}");
        Assert.Equal(0, whole);
    }

    [Fact]
    public async Task Both_framings_at_once_are_one_to_the_address()
    {
        // RFC 9112 section 6.1: chunked wins; what follows must not be seen as another request.
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);

        await SendAsync(world.Port,
            "POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" +
            "5\r\nhello\r\n0\r\n\r\n");
        Assert.All(one.Requests,
            r => Assert.False(r["Content-Length"] is not null && r["Transfer-Encoding"] is not null));
        Assert.True(one.Requests.Count <= 1);
    }

    [Fact]
    public async Task What_a_client_says_of_itself_or_of_the_hop_goes_no_further()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);

        await SendAsync(world.Port,
            "GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: x-secret\r\nX-Secret: a\r\nKeep-Alive: b\r\n" +
            "TE: trailers\r\n" +
            "Proxy-Authorization: c\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil\r\n" +
            "Forwarded: for=6.6.6.6\r\nX-Kept: d\r\n\r\n");
        var seen = one.Requests.Single();
        Assert.All(["X-Secret", "Keep-Alive", "Proxy-Authorization", "Forwarded"],
            name => Assert.Null(seen[name]));
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal("app.example.org", seen["X-Forwarded-Host"]);
        Assert.Equal("d", seen["X-Kept"]);
        Assert.Equal(("trailers", "TE"), (seen["TE"], seen["Connection"]));
    }

    [Fact]
    public async Task A_trusted_peer_is_believed()
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", "",
            new GatewayOptions { Trusted = [IPNetwork.Parse("127.0.0.0/8")] }, one);

        await SendAsync(world.Port,
            "GET / HTTP/1.1\r\nHost: app.example.org\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n" +
            "Forwarded: for=6.6.6.6\r\n\r\n");
        Assert.Equal("6.6.6.6, 127.0.0.1", one.Requests.Single()["X-Forwarded-For"]);
        Assert.Equal("https", one.Requests.Single()["X-Forwarded-Proto"]);
        Assert.Equal("for=6.6.6.6, for=127.0.0.1", one.Requests.Single()["Forwarded"]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: nobody.example.org\r\n\r\n")]
    [InlineData("GET http://nobody.example.net/ HTTP/1.1\r\nHost: nobody.example.net\r\n\r\n")]
    public async Task Nothing_is_forwarded_for_a_host_that_is_not_served(string request)
    {
        await using var one = Backend.Named("one");
        await using var world = await GatewayWorld.StartAsync("", one);

        Assert.StartsWith("HTTP/1.1 404", await SendAsync(world.Port, request), StringComparison.Ordinal);
        Assert.Empty(one.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabcd")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: a\u0001b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n")]
    [InlineData("HTTP/1.1 999999 OK\r\n\r\n")]
    public async Task An_answer_that_is_not_http_is_an_error_of_the_address(string answer)
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync(answer);
            c.Dispose();
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task A_head_without_end_is_bounded_on_both_sides()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\n");
            while (true)
                await c.SendAsync($"X-{Guid.NewGuid()}: {new string('a', 1000)}\r\n");
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);

        var head = new StringBuilder("GET / HTTP/1.1\r\nHost: app.example.org\r\n");
        for (var i = 0; i < 90; i++)
            head.Append($"X-{i}: {new string('a', 1000)}\r\n");
        Assert.StartsWith("HTTP/1.1 431", await SendAsync(world.Port, head.Append("\r\n").ToString()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused()
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync("limits: {requestBody: 64Ki}", one);
        using var client = world.Client();

        using var known = await client.PostAsync("/", new ByteArrayContent(new byte[70_000]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, known.StatusCode);
        using var chunked = new HttpRequestMessage(HttpMethod.Post,
            "/")
        { Content = new ByteArrayContent(new byte[70_000]) };
        chunked.Headers.TransferEncodingChunked = true;
        using var found = await client.SendAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, found.StatusCode);
    }

    private static async Task<string> SendAsync(int port, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));

            // Up to the end of the head: a connection that is refused is closed, one that is well is kept.
            var head = new StringBuilder();
            var octet = new byte[1];
            var limit = TestTime.Token(20);
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
                && await stream.ReadAsync(octet, limit) > 0)
                head.Append((char)octet[0]);
            return head.ToString();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
