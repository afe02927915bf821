using System.Net;
using System.Text;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Http1;

/// <summary>
/// Addresses that send on a connection on which nothing was asked of them. None of it may become the answer to the next
/// request, which is another client's.
/// </summary>
public sealed class IdleConnectionTests
{
    private const string Evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";

    /// <summary>A method, an answer that is whole, and what the address sends behind it.</summary>
    public static TheoryData<string, string, string> Unasked => new()
    {
        { "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello" },
        { "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n" },
        { "HEAD", $"HTTP/1.1 200 OK\r\nContent-Length: {Evil.Length}\r\n\r\n", Evil },
        { "GET", "HTTP/1.1 204 No Content\r\n\r\n", Evil },
        { "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "hello" },
        { "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "hello" },
        { "GET", "HTTP/1.1 304 Not Modified\r\n\r\n", Evil },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Evil },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Evil },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "more than it said" },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Evil },
        { "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx-sum: 1\r\n\r\n", "\r\n" },
        { "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", Evil },
        { "GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Evil },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 100 Continue\r\n\r\n" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" },
        { "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "\0" },
        { "POST", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Evil },
    };

    [Theory]
    [MemberData(nameof(Unasked))]
    public async Task What_comes_on_an_idle_connection_answers_nobody(string method, string answer, string unasked)
    {
        var first = new TaskCompletionSource<BackendConnection>();
        await using var one = new Backend("one", async (r, c) =>
        {
            if (first.TrySetResult(c))
                await c.SendAsync(answer);
            else
                await c.SendAsync(Good(r));
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        using var before = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/first"));
        await before.Content.ReadAsByteArrayAsync();

        await (await first.Task).SendAsync(unasked);
        for (var i = 0; i < 3; i++)
        {
            using var after = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/{i}"));
            Assert.Equal(HttpStatusCode.OK, after.StatusCode);
            Assert.Equal(method == "HEAD" ? "" : $"/{i}", await after.Content.ReadAsStringAsync());
            if (method == "HEAD")
                Assert.Equal(2, after.Content.Headers.ContentLength);
        }

        Assert.Equal(2, one.Accepted);
    }

    [Theory]
    [MemberData(nameof(Unasked))]
    public async Task What_comes_together_with_an_answer_answers_nobody(string method, string answer, string unasked)
    {
        var begun = 0;
        await using var one = new Backend("one",
            (r, c) => Interlocked.Increment(ref begun) == 1 ? c.SendAsync(answer + unasked) : c.SendAsync(Good(r)));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        using var before = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/first"));
        await before.Content.ReadAsByteArrayAsync();
        using var after = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/2"));
        Assert.Equal(method == "HEAD" ? "" : "/2", await after.Content.ReadAsStringAsync());
        Assert.Equal(2, one.Accepted);
    }

    [Theory]
    [InlineData("what")]
    [InlineData("")]
    public async Task A_connection_ends_as_soon_as_something_comes_on_it_unasked(string unasked)
    {
        var first = new TaskCompletionSource<BackendConnection>();
        var ended = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.AnswerAsync("ok");
            first.TrySetResult(c);
            Assert.Null(await c.ReadHeadAsync());
            ended.TrySetResult();
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        Assert.Equal("ok", await client.GetStringAsync("/"));

        // Nothing more is asked: the gateway notices by itself.
        if (unasked.Length > 0)
            await (await first.Task).SendAsync(unasked);
        else
            (await first.Task).CompleteWrites();
        await ended.Task.WithinAsync(10);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("PUT", "body")]
    public async Task A_408_that_crosses_the_request_is_no_answer_to_it(string method, string body)
    {
        // The server's time for the connection ends while the request is on its way. It has not read it.
        var first = 0;
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            if (r.Target == "/second" && Interlocked.Increment(ref first) == 1)
            {
                await c.SendAsync("HTTP/1.1 408 Request Time-out\r\nConnection: close\r\n\r\n<h1>408</h1>");
                c.Dispose();
                return;
            }

            await c.AnswerAsync(r.Target + Encoding.ASCII.GetString(r.Body));
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        Assert.Equal("/first", await client.GetStringAsync("/first"));

        using var request = new HttpRequestMessage(new HttpMethod(method), "/second");
        if (method != "GET")
            request.Content = new StringContent(body);
        using var answer = await client.SendAsync(request);
        Assert.Equal($"/second{body}", await answer.Content.ReadAsStringAsync());
        Assert.Empty(world.Evidence);
    }

    [Fact]
    public async Task A_408_on_a_new_connection_is_the_answer()
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("slow", 408, "Connection: close\r\n"));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        using var answer = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.RequestTimeout, answer.StatusCode);
        Assert.Single(one.Requests);
    }

    [Fact]
    public async Task A_connection_on_which_nothing_came_is_used_again()
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            switch (r.Target)
            {
                case "/204":
                    await c.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
                    break;
                case "/304":
                    await c.SendAsync("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n");
                    break;
                case "/head":
                    await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
                    break;
                default:
                    await c.AnswerAsync(new string('a', 100_000));
                    break;
            }
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        foreach (var target in (string[])["/", "/204", "/head", "/304", "/", "/204"])
        {
            var method = target == "/head" ? HttpMethod.Head : HttpMethod.Get;
            using var answer = await client.SendAsync(new HttpRequestMessage(method, target));
            Assert.Equal(target == "/" ? 100_000 : 0, (await answer.Content.ReadAsByteArrayAsync()).Length);

            // The client has its answer before the connection has been put back.
            await Wait.UntilAsync(() => world.InFlight(one) == 0, () => $"{world.InFlight(one)} under way");
        }

        Assert.Equal(1, one.Accepted);
    }

    [Fact]
    public async Task Interim_answers_without_end_are_bounded()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            while (true)
                await c.SendAsync($"HTTP/1.1 103 Early Hints\r\nLink: <{new string('a', 1000)}>\r\n\r\n");
        });
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port,
            "GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n\r\n");
        Assert.Contains("\r\n\r\nHTTP/1.1 502 Bad Gateway\r\n", client.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("no" + Evil)]
    public async Task What_comes_after_a_refused_upgrade_answers_nobody(string refusal)
    {
        const string Upgrade = "Host: app.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        var first = new TaskCompletionSource<BackendConnection>();
        await using var one = new Backend("one", (r, c) => first.TrySetResult(c)
            ? c.SendAsync($"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{refusal}") : c.AnswerAsync(r.Target));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var before = await RawClient.ConnectAsync(world.Port);
        await before.SendAsync("GET /1 HTTP/1.1\r\n" + Upgrade);
        await before.UntilAsync("\r\n\r\nno");

        try
        {
            await (await first.Task).SendAsync(Evil);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has been closed already.
        }

        using var after = await RawClient.ConnectAsync(world.Port);
        await after.SendAsync("GET /2 HTTP/1.1\r\n" + Upgrade);
        await after.UntilAsync("\r\n\r\n/2");
    }

    [Fact]
    public async Task What_comes_on_streams_of_HTTP_2_that_nobody_opened_answers_nobody()
    {
        var begun = 0;
        await using var one = new Http2Backend(async (stream, c) =>
        {
            var octet = (byte)('a' + Interlocked.Increment(ref begun));
            await c.SendAsync(Http2Backend.Headers, Http2Backend.EndHeaders, stream, Http2Backend.Ok);
            await c.SendAsync(Http2Backend.Data, Http2Backend.EndStream, stream, octet);
            if (begun > 1)
                return;
            await c.SendAsync(Http2Backend.Data, Http2Backend.EndStream, stream, (byte)'!');
            await c.SendAsync(Http2Backend.Headers, Http2Backend.EndHeaders, stream + 2, Http2Backend.Ok);
            await c.SendAsync(Http2Backend.Data, Http2Backend.EndStream, stream + 2, (byte)'!');
        });
        await using var world = await GatewayWorld.StartAsync("upstream: {http2: true}", Backend.At("one", one.Port));
        using var client = world.Client();

        Assert.Equal("b", await client.GetStringAsync("/"));
        await one.GivenUp.WithinAsync(10);
        Assert.Equal("c", await client.GetStringAsync("/"));
    }

    private static string Good(BackendRequest request) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{(request.Method == "HEAD" ? "" : request.Target)}";
}
