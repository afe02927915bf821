using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Tests.Support;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests;

/// <summary>Connections to services through a tunnel.</summary>
public sealed class StreamTests : TunnelTest
{
    [Theory]
    [InlineData(TunnelForm.Tls)]
    [InlineData(TunnelForm.Upgrade)]
    [InlineData(TunnelForm.WebSocket)]
    public async Task Octets_go_both_ways_by_every_form_and_each_direction_has_its_own_end(TunnelForm form)
    {
        await _world.ConnectAsync("hanoi", _services, 2, form);
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await stream.WriteAsync("hello"u8.ToArray());
        var buffer = new byte[100];
        var count = await stream.ReadAtLeastAsync(buffer, 5);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, count));
        await stream.WriteAsync("bye"u8.ToArray());
        stream.CompleteWrites();
        var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        Assert.Equal("bye", Encoding.ASCII.GetString(rest.ToArray()));
        await stream.DisposeAsync();
        await _world.UntilAsync(() => _world.Hub.Sessions["hanoi"].All(s => s.InFlight == 0), "end");
    }

    [Fact]
    public async Task A_body_of_any_size_arrives_whole()
    {
        await _world.ConnectAsync("hanoi", _services, 2);
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "echo", true, default);
        var octets = RandomNumberGenerator.GetBytes(40 << 20);
        var sending = Task.Run(async () =>
        {
            await stream.WriteAsync(octets);
            stream.CompleteWrites();
        });
        var got = new MemoryStream();
        await stream.CopyToAsync(got);
        await sending;
        Assert.True(got.GetBuffer().AsSpan(0, (int)got.Length).SequenceEqual(octets));
    }

    [Fact]
    public async Task A_thousand_streams_at_once_and_five_hundred_cancels_leave_the_tunnel_standing()
    {
        await _world.ConnectAsync("hanoi", _services, 1);
        var streams = await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(async _ => await _world.Hub.ConnectAsync("hanoi", "echo", false, default)));
        await Task.WhenAll(streams.Select(async s =>
        {
            await AssertEchoAsync(s);
        }));
        await Task.WhenAll(streams.Take(500).Select(s => s.DisposeAsync().AsTask()));
        await AssertEchoAsync(streams[^1]);
        await Task.WhenAll(streams.Skip(500).Select(s => s.DisposeAsync().AsTask()));
        Assert.Single(_world.Hub.Sessions["hanoi"], s => !s.IsDraining);
        await _world.UntilAsync(() => _world.Hub.Sessions["hanoi"].All(s => s.InFlight == 0), "end");
    }

    [Fact]
    public async Task A_client_that_goes_away_is_heard_of_by_the_service()
    {
        var received = new TaskCompletionSource();
        using var origin = new TestOrigin(async socket =>
        {
            await socket.ReceiveAsync(new byte[10]);
            received.SetResult();
            if (await socket.ReceiveAsync(new byte[10]) == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
        });
        _services.Ports["waits"] = (origin.Port, ServiceHealth.Up);
        await _world.ConnectAsync("hanoi", _services, 1);
        var stream = await _world.Hub.ConnectAsync("hanoi", "waits", false, default);
        await stream.WriteAsync("x"u8.ToArray());
        await received.Task.WithinAsync(5);
        await stream.DisposeAsync();
        await origin.Broken.Task.WithinAsync(5);
    }

    [Fact]
    public async Task A_service_that_breaks_off_does_not_look_as_if_it_had_ended()
    {
        using var origin = new TestOrigin(async socket =>
        {
            await socket.ReceiveAsync(new byte[10]);
            await socket.SendAsync("half"u8.ToArray());
            socket.LingerState = new LingerOption(true, 0); // a reset
        });
        _services.Ports["breaks"] = (origin.Port, ServiceHealth.Up);
        await _world.ConnectAsync("hanoi", _services, 1);
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "breaks", false, default);
        await stream.WriteAsync("x"u8.ToArray());
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task One_who_reads_slowly_holds_up_nobody_else()
    {
        using var flood = new TestOrigin(async socket =>
        {
            var piece = new byte[64 * 1024];
            for (var i = 0; i < 1600; i++)
                await socket.SendAsync(piece);
        });
        _services.Ports["flood"] = (flood.Port, ServiceHealth.Up);
        await _world.ConnectAsync("hanoi", _services, 1);
        await using var slow = await _world.Hub.ConnectAsync("hanoi", "flood", false, default);
        Assert.True(await slow.ReadAsync(new byte[100]) > 0);
        await using var other = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        for (var i = 0; i < 50; i++)
        {
            await AssertEchoAsync(other);
        }
    }

    [Fact]
    public async Task What_is_not_published_or_not_there_or_does_not_answer_is_told_apart()
    {
        _services.Ports["shut"] = (1, ServiceHealth.Unknown);
        _services.Ports["secret"] = (_echo.Port, ServiceHealth.Unknown);
        _world.Policy.Allow("hanoi", publishes: s => s != "secret");
        await _world.ConnectAsync("hanoi", _services, 1);
        Assert.Equal("connect: refused",
            (await Assert.ThrowsAsync<TunnelException>(async () =>
                await _world.Hub.ConnectAsync("hanoi", "shut", false, default))).Message);
        Assert.Contains("may not publish",
            (await Assert.ThrowsAsync<TunnelException>(async () =>
                await _world.Hub.ConnectAsync("hanoi", "secret", false, default))).Message, StringComparison.Ordinal);
        Assert.Equal("tunnel: no tunnel to this node",
            (await Assert.ThrowsAsync<TunnelException>(async () =>
                await _world.Hub.ConnectAsync("hue", "echo", false, default))).Message);

        // The agent refuses by itself what its file does not allow, even where a gateway asks.
        var session = _world.Hub.Sessions["hanoi"].Single();
        Assert.Equal("the agent has no such service",
            (await Assert.ThrowsAsync<TunnelException>(() => session.ConnectAsync("127.0.0.1:22", default))).Message);
        Assert.Contains(_world.Log,
            l => l.StartsWith("agent: service secret: TunnelAgent hanoi does not say", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(TunnelForm.Tls)]
    [InlineData(TunnelForm.WebSocket)]
    public async Task Hostile_octets_of_an_agent_cost_its_own_tunnel_alone(TunnelForm form)
    {
        await _world.ConnectAsync("hanoi", _services, 2);
        _world.Policy.Allow("evil");
        var random = new Random(5);
        for (var round = 0; round < 30; round++)
        {
            var stream = await _world.DialerOf(_world.CertificateOf("evil"))
                .ReverseAsync(_world.Address, 0, form, default);
            try
            {
                // What is no HTTP/2 at all, and what begins as a server's settings (RFC 9113 section 6.5) and goes
                // wrong then.
                if (round % 2 == 0)
                    await stream.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
                var octets = new byte[random.Next(1, 4000)];
                random.NextBytes(octets);
                await stream.WriteAsync(octets);
            }
            catch (IOException)
            {
                // It was let go already.
            }

            await stream.DisposeAsync();
        }

        await using var fine = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await AssertEchoAsync(fine);
        await _world.UntilAsync(() => !_world.Hub.Sessions.ContainsKey("evil"), "end");
    }

    [Fact]
    public async Task Lines_that_are_none_are_refused_at_a_bounded_cost()
    {
        var random = new Random(9);
        const string hello = """{"hello":{"instance":"a","version":"1","started":1,"services":[""";
        const string service = """{"name":"llm","health":"Up","reason":"ok","load":0.5}""";
        var good = Encoding.UTF8.GetBytes($"{hello}{service}]}}}}\n");
        for (var round = 0; round < 20_000; round++)
        {
            var line = good.ToArray();
            for (var i = random.Next(1, 8); i > 0; i--)
                line[random.Next(line.Length)] = (byte)random.Next(256);
            var reader = new LineReader(System.IO.Pipelines.PipeReader.Create(
                new System.Buffers.ReadOnlySequence<byte>(line)));
            try
            {
                while (await reader.ReadAsync(TunnelJson.Default.AgentLine, default) is not null)
                {
                }
            }
            catch (InvalidDataException)
            {
                // What it is for.
            }
        }

        var endless = new LineReader(System.IO.Pipelines.PipeReader.Create(
            new System.Buffers.ReadOnlySequence<byte>(new byte[TunnelTokens.MaxLine + 1])));
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await endless.ReadAsync(TunnelJson.Default.AgentLine, default));
    }

    [Fact]
    public async Task What_is_kept_may_be_ended_from_all_sides_at_once()
    {
        await _world.ConnectAsync("hanoi", _services, 2);
        for (var round = 0; round < 300; round++)
        {
            var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
            await AssertEchoAsync(stream);
            await Task.WhenAll(
                Task.Run(async () =>
                {
                    stream.Keep();
                    await Ignoring(stream.ReadAsync(Memory<byte>.Empty).AsTask());
                }),
                Task.Run(stream.EndIfKept),
                Task.Run(async () =>
                {
                    if (round % 3 == 0)
                        await Ignoring(stream.WriteAsync("y"u8.ToArray()).AsTask());
                    stream.EndIfKept();
                    await stream.DisposeAsync();
                }));
        }

        await _world.UntilAsync(() => _world.Hub.Sessions["hanoi"].All(s => s.InFlight == 0), "end");
        Assert.Equal(2, _world.Hub.Sessions["hanoi"].Length);

        // What waits for an answer is not kept, however it waits.
        await using var waiting = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        var answer = waiting.ReadAsync(Memory<byte>.Empty).AsTask();
        waiting.EndIfKept();
        await waiting.WriteAsync("z"u8.ToArray());
        await answer;
        Assert.Equal(1, await waiting.ReadAsync(new byte[1]));

        static async Task Ignoring(Task task)
        {
            try
            {
                await task;
            }
            catch (IOException)
            {
                // It was ended.
            }
        }
    }
}
