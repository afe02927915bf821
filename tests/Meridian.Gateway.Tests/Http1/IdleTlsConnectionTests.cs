using Meridian.Gateway.Http1;
using Meridian.Gateway.Tests.Support;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Tests.Http1;

/// <summary>
/// TLS reads ahead: octets that nobody asked for may have left the socket and not have come out as an answer yet. They
/// may not become the answer to the next request.
/// </summary>
public sealed class IdleTlsConnectionTests
{
    private const string Evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL";

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(30)]
    public async Task The_begin_of_a_record_behind_an_answer_answers_nobody(int octets)
    {
        await using var one = new TlsBackend(async (target, c) =>
        {
            if (target == "/first")
            {
                await c.SendAsync(Answer("ok"), Evil, octets);
                return;
            }

            await c.SendRestAsync();
            await c.SendAsync(Answer(target));
        });
        await using var world = await StartAsync(one);
        using var client = world.Client();
        Assert.Equal("ok", await client.GetStringAsync("/first"));
        await Wait.UntilAsync(() => world.InFlight(At(one)) == 0, () => $"{world.InFlight(At(one))} under way");

        Assert.Equal("/second", await client.GetStringAsync("/second"));
        Assert.Equal(2, one.Accepted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public async Task It_is_seen_that_something_came_while_it_was_idle(int octets)
    {
        var first = new TaskCompletionSource<TlsBackend.Connection>();
        await using var one = new TlsBackend(async (target, c) =>
        {
            await c.SendAsync(Answer(target));
            first.TrySetResult(c);
        });
        var key = new UpstreamKey("p", "127.0.0.1", one.Port, HttpScheme.Https, false, null);
        using var connections = new UpstreamConnections(key, new UpstreamDialer(key, null), TimeProvider.System);
        var connection = await connections.ConnectAsync(bulk: false, TestTime.Token(10));
        await connection.WriteAsync("GET /first HTTP/1.1\r\n\r\n"u8.ToArray(), TestTime.Token(10));
        await connection.ReadHeadAsync(false, new Nobody(), TestTime.Token(10));
        Assert.Equal(6, (await connection.ReadBodyAsync(TestTime.Token(10))).Length);
        connections.Return(connection);
        Assert.True(connection.IsSilent);

        await (await first.Task).SendAsync(octets == 0 ? Evil : "", Evil, octets);
        await Wait.UntilAsync(() => !connection.IsSilent, () => "it is silent");
        Assert.Null(connections.TakeIdle(fresh: false));
    }

    [Fact]
    public async Task A_connection_on_which_nothing_came_is_used_again()
    {
        await using var one = new TlsBackend((target, c) => c.SendAsync(Answer(new string('a', 100_000) + target)));
        await using var world = await StartAsync(one);
        using var client = world.Client();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(100_002, (await client.GetStringAsync($"/{i}")).Length);
            await Wait.UntilAsync(() => world.InFlight(At(one)) == 0, () => $"{world.InFlight(At(one))} under way");
        }

        Assert.Equal(1, one.Accepted);
    }

    private static Backend At(TlsBackend backend) => Backend.At("one", backend.Port);

    private static Task<GatewayWorld> StartAsync(TlsBackend backend) =>
        GatewayWorld.StartAsync("upstream: {scheme: https, tls: {verify: false}}", At(backend));

    private static string Answer(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private sealed class Nobody : IInterimReceiver
    {
        public ValueTask ReceiveAsync(ResponseHead head) => ValueTask.CompletedTask;
    }
}
