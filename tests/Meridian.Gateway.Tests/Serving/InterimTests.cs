using System.Text;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>Answers before the answer (RFC 9110 section 15.2).</summary>
public sealed class InterimTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n\r\n";
    private const string Put = "PUT / HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\nContent-Length: 4\r\n"
        + "Expect: 100-continue\r\n\r\n";

    [Fact]
    public async Task Early_hints_reach_the_client_before_the_answer()
    {
        var seen = new SemaphoreSlim(0);
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x\r\n"
                + "X: 1\r\n\r\n");
            await seen.WaitAsync(TestTime.Limit(20));
            await c.SendAsync("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
            await c.AnswerAsync("done");
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = await RawClient.ConnectAsync(world.Port);

        await client.SendAsync(Ask);
        await client.UntilAsync("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
        seen.Release();
        await client.ReadToEndAsync();
        Assert.Contains("\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
            client.Received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("2.0")]
    public async Task Who_cannot_have_them_gets_the_answer_alone(string version)
    {
        await using var one = new Backend("one", (_, c) => c.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"));
        await using var world = await GatewayWorld.StartAsync("", one);
        if (version == "1.0")
        {
            using var raw = await RawClient.AskAsync(world.Port, "GET / HTTP/1.0\r\nHost: app.example.org\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", raw.Received, StringComparison.Ordinal);
            return;
        }

        using var client = world.Client(Version.Parse(version));
        Assert.Equal("done", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_client_is_told_to_send_its_body_when_the_address_wants_it()
    {
        var asked = new SemaphoreSlim(0);
        await using var one = new Backend("one", async (r, c) =>
        {
            await asked.WaitAsync(TestTime.Limit(20));
            await c.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await c.AnswerAsync(Encoding.ASCII.GetString(await c.ReadBodyAsync(r)));
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = await RawClient.ConnectAsync(world.Port);

        await client.SendAsync(Put);
        await Wait.UntilAsync(() => one.Requests.Count == 1, () => "nothing has reached the address");
        Assert.Equal("100-continue", one.Requests.Single()["Expect"]);
        asked.Release();
        await client.UntilAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await client.SendAsync("body");
        await client.UntilAsync("\r\n\r\nbody");
        Assert.Equal(1, client.Received.Split("100 Continue").Length - 1);
    }

    [Fact]
    public async Task A_body_that_the_address_refuses_is_never_sent()
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("too large", 413));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = await RawClient.ConnectAsync(world.Port);

        await client.SendAsync(Put);
        await client.UntilAsync("too large");
        Assert.StartsWith("HTTP/1.1 413", client.Received, StringComparison.Ordinal);
        Assert.Empty(world.Evidence);
    }

    [Fact]
    public async Task An_address_that_knows_nothing_of_it_gets_the_body_all_the_same()
    {
        await using var one = new Backend("one",
            async (r, c) => await c.AnswerAsync(Encoding.ASCII.GetString(await c.ReadBodyAsync(r))));
        await using var world = await GatewayWorld.StartAsync("", one);
        for (var i = 0; i < 2; i++)
        {
            using var client = await RawClient.ConnectAsync(world.Port);
            await client.SendAsync(Put);
            await client.UntilAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await client.SendAsync("body");
            await client.UntilAsync("\r\n\r\nbody");
        }
    }
}
