using System.Text;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Tests.Forwarding;

/// <summary>Event streams that break off: no client takes the half of an event for a whole one.</summary>
public sealed class BrokenStreamTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: app.example.org\r\n\r\n";
    private const string Half = "data: one\n\ndata: Transfer $1";

    [Fact]
    public async Task Half_an_event_is_dropped_and_an_error_event_follows_the_last_whole_one()
    {
        await using var one = Breaking("Transfer-Encoding: chunked\r\n", $"{Half.Length:x}\r\n{Half}\r\n");
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, Ask);
        Assert.Contains("data: one\n\n", client.Received, StringComparison.Ordinal);
        Assert.Contains("event: error\ndata: {", client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer $", client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n\r\n", client.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_an_event_never_reaches_a_client_of_http2()
    {
        var read = new SemaphoreSlim(0);
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + $"{Half.Length:x}\r\n{Half}\r\n");
            await read.WaitAsync(TestTime.Limit(20));
            c.Reset();
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client(new Version(2, 0));

        using var answer = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var first = new byte["data: one\n\n".Length];
        await stream.ReadExactlyAsync(first);
        read.Release();
        using var rest = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(rest).WithinAsync(20));
        Assert.DoesNotContain("Transfer", Encoding.ASCII.GetString(rest.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a length", "Content-Length: 1000\r\n", Half)]
    [InlineData("a coding", "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "1b\r\n" + Half + "\r\n")]
    public async Task A_stream_that_has_no_room_for_an_error_event_is_cut(string what, string framing, string body)
    {
        await using var one = Breaking(framing, body);
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, Ask);
        Assert.DoesNotContain("event: error", client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\n0\r\n\r\n", client.Received, StringComparison.Ordinal);
        Assert.True(client.WasReset, $"{what}: {client.Received}");
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("text/plain")]
    public async Task A_client_of_http_1_0_sees_a_break_as_a_reset(string type)
    {
        // The end of the connection is the end of an answer in HTTP/1.0, so that only a reset tells the two apart.
        await using var one = Breaking("Transfer-Encoding: chunked\r\n", $"{Half.Length:x}\r\n{Half}\r\n", type);
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, Ask.Replace("1.1", "1.0", StringComparison.Ordinal));
        Assert.True(client.WasReset, client.Received);
        Assert.DoesNotContain("event: error", client.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_event_too_large_to_hold_the_client_never_gets_an_end()
    {
        var large = "data: " + new string('a', 200_000);
        await using var one = Breaking("Transfer-Encoding: chunked\r\n", $"{large.Length:x}\r\n{large}\r\n");
        await using var world = await GatewayWorld.StartAsync("", one);

        using var client = await RawClient.AskAsync(world.Port, Ask);
        Assert.DoesNotContain("event: error", client.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n", client.Received, StringComparison.Ordinal);
        Assert.True(client.WasReset);
    }

    [Fact]
    public async Task A_stream_that_ends_well_is_passed_on_to_its_last_octet()
    {
        await using var one = new Backend("one", (_, c) => c.SendAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
            $"{Half.Length:x}\r\n{Half}\r\n0\r\n\r\n"));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        Assert.Equal(Half, await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Comments_that_keep_a_stream_alive_are_passed_on_at_once()
    {
        var next = new SemaphoreSlim(0);
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "8\r\n: alive\n\r\n");
            await next.WaitAsync(TestTime.Limit(20));
            await c.SendAsync("0\r\n\r\n");
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = await RawClient.ConnectAsync(world.Port);

        await client.SendAsync(Ask);
        await client.UntilAsync(": alive\n");
        next.Release();
        await client.UntilAsync("\r\n0\r\n\r\n");
    }

    [Fact]
    public async Task A_deterministic_stream_is_continued_behind_its_last_whole_event()
    {
        const string All = "data: one\n\ndata: Transfer $100\n\ndata: three\n\n";
        await using var one = Breaking("Transfer-Encoding: chunked\r\n", $"{Half.Length:x}\r\n{Half}\r\n");
        await using var two = new Backend("two", (_, c) => c.SendAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
            $"{All.Length:x}\r\n{All}\r\n0\r\n\r\n"));
        await using var world = await GatewayWorld.StartAsync("profile: inference, deterministic: true", one, two);
        using var client = world.Client();

        Assert.Equal(All, await client.GetStringAsync("/"));
        Assert.Single(two.Requests);
    }

    [Fact]
    public async Task A_stream_over_http2_that_breaks_off_is_cut_within_its_event()
    {
        var sent = new TaskCompletionSource();
        await using var server = await WebServer.StartAsync(HttpProtocols.Http2, app => app.Run(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(Half);
            await sent.Task;
            context.Abort();
        }));
        await using var world = await GatewayWorld.StartAsync("upstream: {http2: true}",
            Backend.At("h2", new Uri(server.Urls.First()).Port));
        using var client = await RawClient.ConnectAsync(world.Port);

        await client.SendAsync(Ask);
        await client.UntilAsync("Transfer $1");
        sent.SetResult();
        await client.ReadToEndAsync();
        Assert.True(client.WasReset);
        Assert.DoesNotContain("event: error", client.Received, StringComparison.Ordinal);
        Assert.EndsWith("Transfer $1\r\n", client.Received, StringComparison.Ordinal);
    }

    private static Backend Breaking(string framing, string body, string type = "text/event-stream") =>
        new("one", async (_, c) =>
        {
            await c.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{framing}\r\n{body}");
            c.CompleteWrites();
            c.Dispose();
        });
}
