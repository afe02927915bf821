using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Tests.Support;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests;

/// <summary>A tunnel from one certificate to the next, and what is known of it meanwhile.</summary>
public sealed class LifeTests : TunnelTest
{
    [Fact]
    public async Task A_tunnel_does_not_outlive_its_certificate_and_what_is_under_way_does()
    {
        var certificate = _world.CertificateOf("hanoi", TimeSpan.FromSeconds(3) - TimeSpan.FromHours(24));
        var dialer = new Dialer(new DialOptions
        {
            Authority = X509Certificate2.CreateFromPem(_world.Authority.Pem),
            Certificate = () => certificate,
        });
        _world.Run(dialer, _services, 1);
        await _world.UntilAsync(() => !_world.Hub.Sessions.IsEmpty, "tunnel");
        var old = _world.Hub.Sessions["hanoi"].Single();
        certificate = _world.CertificateOf("hanoi");
        var running = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);

        await _world.UntilAsync(() => _world.Hub.Sessions["hanoi"]
            .Any(s => s.Until > DateTimeOffset.UtcNow.AddHours(1)), "tunnel with the new certificate");
        await _world.UntilAsync(() => old.IsDraining, "end of the old certificate");
        await AssertEchoAsync(running);
        await using (var next = await _world.Hub.ConnectAsync("hanoi", "echo", false, default))
            Assert.Equal(1, old.InFlight);
        await running.DisposeAsync();
        await _world.UntilAsync(() => _world.Hub.Sessions["hanoi"].Length == 1, "end of the old tunnel");
        Assert.Equal((2, 0), (_world.Hub.Records["hanoi"].Connected, _world.Hub.Records["hanoi"].Lost));
    }

    [Fact]
    public async Task Round_trips_octets_and_what_happened_are_counted()
    {
        await _world.ConnectAsync("hanoi", _services, 1);
        await using (var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default))
        {
            await stream.WriteAsync(new byte[1000]);
            await stream.ReadExactlyAsync(new byte[1000]);
        }

        await _world.UntilAsync(() => _world.Hub.Sessions["hanoi"]
            .Single().RoundTrip is { Ticks: > 0, TotalSeconds: < 10 }, "round trip");
        var record = _world.Hub.Records["hanoi"];
        Assert.Equal((1, 1000, 1000), (record.Connected, record.ToAgent, record.FromAgent));
        await using var second = _world.Run("hanoi", _services, 1).Server;
        await _world.UntilAsync(() => record.LastRefusal is not null, "refusal");
        Assert.StartsWith("another process is connected", record.LastRefusal!.Reason, StringComparison.Ordinal);
        _world.Policy.Grants.TryRemove("hanoi", out _);
        await _world.Server.ReviewAsync();
        Assert.Empty(_world.Hub.Records);
    }

    [Fact]
    public async Task A_load_that_a_service_tells_is_heard_and_moves_nothing_else()
    {
        var services = new LoadedServices();
        services.Load = 0.25;
        var agent = _world.Run("hanoi", services, 1).Server;
        await _world.UntilAsync(() => _world.Hub.Loads.Contains(("hanoi", "llm", 0.25)), "load");
        var changes = 0;
        _world.Hub.Changed += () => changes++;
        services.Load = 0.75;
        await agent.ReportAsync();
        await _world.UntilAsync(() => _world.Hub.Loads.Contains(("hanoi", "llm", 0.75)), "load");
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task A_token_makes_a_certificate_and_a_wrong_one_says_why()
    {
        _world.Policy.Tokens["good"] = "hanoi";
        var request = TestRequest.Make("CN=x");
        var dialer = _world.DialerOf(null);
        var (status, text) = await dialer.AskAsync(_world.Address, TunnelTokens.TokenPath, $"good\n{request}", default);
        using var certificate = X509Certificate2.CreateFromPem(text);
        Assert.Equal((200, "hanoi"), (status, _world.Authority.AgentOf(certificate)));
        Assert.Equal((403, "nobody knows this token"),
            await dialer.AskAsync(_world.Address, TunnelTokens.TokenPath, $"bad\n{request}", default));
        Assert.Equal(400, (await dialer.AskAsync(_world.Address, TunnelTokens.TokenPath, "good\nnonsense",
            default)).Status);
    }

    [Theory]
    [InlineData(TunnelForm.Tls)]
    [InlineData(TunnelForm.Upgrade)]
    [InlineData(TunnelForm.WebSocket)]
    public async Task Every_form_goes_through_a_proxy_that_wants_a_password(TunnelForm form)
    {
        using var proxy = new TestProxy();
        var options = new DialOptions
        {
            Authority = X509Certificate2.CreateFromPem(_world.Authority.Pem),
            Certificate = () => _world.CertificateOf("hanoi"),
            Forms = [form],
            Proxy = new ProxySettings(proxy.Url, []),
        };
        _world.Run(new Dialer(options), _services, 1);
        await _world.UntilAsync(() => _world.Hub.Sessions.ContainsKey("hanoi"), "tunnel");
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await AssertEchoAsync(stream);
        Assert.Equal(_world.Address.ToString(), Assert.Single(proxy.Asked));

        var stranger = new Uri($"http://{proxy.Url.Authority}");
        var wrong = new Dialer(options with { Proxy = new ProxySettings(stranger, []) });
        var refused = await Assert.ThrowsAsync<DialException>(() =>
            wrong.ReverseAsync(_world.Address, 0, form, default));
        Assert.Contains("407", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_agents_come_back_after_a_restart_of_the_gateway()
    {
        const int count = 100;
        for (var i = 0; i < count; i++)
        {
            _world.Policy.Allow($"site-{i}");
            _world.Run($"site-{i}", _services, 1);
        }

        await _world.UntilAsync(() => _world.Hub.Sessions.Count == count, "tunnels");
        var port = _world.Address.Port;
        await _world.Server.DisposeAsync();
        await _world.ListenAsync(port);
        await _world.UntilAsync(() => _world.Hub.Sessions.Count == count, "tunnels");
    }

    [Fact]
    public async Task What_an_agent_may_not_publish_is_told_at_both_ends_and_takes_nothing_from_others()
    {
        _world.Policy.Allow("other", publishes: s => s == "own");
        await _world.ConnectAsync("hanoi", _services, 1);
        await _world.ConnectAsync("other", _services, 1);
        await _world.UntilAsync(() =>
            _world.Log.Any(l => l.Contains("offers a service that it may not publish: echo", StringComparison.Ordinal))
            && _world.Log.Any(l => l.StartsWith(
                "agent: service echo: TunnelAgent other does not say that it publishes this",
                StringComparison.Ordinal)), "word of it");
        await Assert.ThrowsAsync<TunnelException>(async () =>
            await _world.Hub.ConnectAsync("other", "echo", false, default));
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await AssertEchoAsync(stream);
    }

    [Fact]
    public async Task A_service_that_does_not_read_holds_up_nobody_and_bounds_what_is_kept()
    {
        using var stuck = new TestOrigin(async stream => await Task.Delay(Timeout.Infinite, CancellationToken.None));
        _services.Ports["stuck"] = (stuck.Port, ServiceHealth.Up);
        await _world.ConnectAsync("hanoi", _services, 1);
        await using var slow = await _world.Hub.ConnectAsync("hanoi", "stuck", false, default);
        var sent = 0L;
        var sending = Task.Run(async () =>
        {
            for (var octets = new byte[1 << 20]; sent < 1L << 30; Interlocked.Add(ref sent, octets.Length))
                await slow.WriteAsync(octets);
        });

        // It stops at what the windows and the kernel's buffers hold, and others on the same connection go on.
        await using var other = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await Wait.UntilAsync(async () =>
        {
            var before = Volatile.Read(ref sent);
            for (var i = 0; i < 500; i++)
                await AssertEchoAsync(other);
            return before > 0 && before == Volatile.Read(ref sent);
        }, () => $"{sent} octets are sent, and it goes on");
        Assert.InRange(sent, 1 << 20, 80 << 20);

        await slow.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => sending);
    }

    [Fact]
    public async Task Who_guesses_codes_is_slowed_down_and_an_agent_that_comes_too_often_waits()
    {
        var request = TestRequest.Make("CN=x");
        var statuses = new List<int>();
        for (var i = 0; i < 120 && !statuses.Contains(429); i++)
            statuses.AddRange(await Task.WhenAll(Enumerable.Range(0, 10)
                .Select(async n => (await _world.DialerOf(null)
                    .AskAsync(_world.Address, TunnelTokens.EnrollPath, $"guess-{n}\n{request}", default)).Status)));
        Assert.Contains(403, statuses);
        Assert.Contains(429, statuses);
        Assert.InRange(statuses.Count(s => s == 403), 50, 200);
    }
}
