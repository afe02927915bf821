using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>Fields behind a body, in both directions (RFC 9110 section 6.5).</summary>
public sealed class TrailerTests
{
    private const string Trailing = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\nContent-Length: 3\r\nSet-Cookie: a=b\r\n\r\n";

    [Fact]
    public async Task Of_an_answer_they_reach_a_client_of_HTTP_1_1_that_takes_them()
    {
        await using var one = new Backend("one", (_, c) => c.SendAsync(Trailing));
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.ConnectAsync(world.Port);
        for (var i = 1; i <= 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: app.example.org\r\nTE: gzip, trailers\r\n"
                + $"Connection: {(i == 1 ? "TE" : "close")}\r\n\r\n");
            await client.UntilAsync("\r\n0\r\nX-Sum: 1\r\n\r\n");
        }

        await client.ReadToEndAsync();
        Assert.Equal(2, client.Received.Split("\r\n0\r\nX-Sum: 1\r\n\r\n").Length - 1);
        Assert.DoesNotContain("Set-Cookie", client.Received, StringComparison.Ordinal);
        Assert.Equal("trailers", one.Requests.First()["TE"]);
        using var web = world.Client();
        web.DefaultRequestHeaders.TE.ParseAdd("trailers");
        using var answer = await web.GetAsync("/");
        Assert.Equal("hello world", await answer.Content.ReadAsStringAsync());
        Assert.Equal("1", answer.TrailingHeaders.GetValues("X-Sum").Single());
    }

    [Fact]
    public async Task Of_an_answer_they_do_not_reach_one_that_has_not_said_so()
    {
        await using var one = new Backend("one", (_, c) => c.SendAsync(Trailing));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        using var answer = await client.GetAsync("/");
        Assert.Equal("hello world", await answer.Content.ReadAsStringAsync());
        Assert.Empty(answer.TrailingHeaders);
        Assert.Null(one.Requests.Single()["TE"]);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_has_none_and_no_end()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "9\r\ndata: 1\n\n\r\n");
            c.CompleteWrites();
        });
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port,
            "GET / HTTP/1.1\r\nHost: app.example.org\r\nTE: trailers\r\n\r\n");
        Assert.Contains("\r\n\r\n9\r\ndata: 1\n\n\r\n", client.Received, StringComparison.Ordinal);
        Assert.Contains("event: error", client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n", client.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_request_they_reach_the_address_and_speak_for_nobody()
    {
        var tail = "";
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r, 5);
            tail = await c.ReadUntilAsync("\r\n\r\n");
            await c.AnswerAsync("one");
        });
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, "POST / HTTP/1.1\r\nHost: app.example.org\r\n"
            + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n"
            + "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Forwarded-For: 6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\nHost: evil\r\n"
            + "Content-Length: 9\r\nAuthorization: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", client.Received, StringComparison.Ordinal);
        Assert.Equal("X-Sum", one.Requests.Single()["Trailer"]);
        Assert.Equal("\r\n0\r\nX-Sum: 1\r\n\r\n", tail);
    }
}
