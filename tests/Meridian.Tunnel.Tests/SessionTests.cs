using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Tests.Support;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests;

/// <summary>How tunnels come, change and go.</summary>
public sealed class SessionTests : TunnelTest
{
    [Fact]
    public async Task Health_and_services_follow_without_a_new_connection()
    {
        var agent = await _world.ConnectAsync("hanoi", _services, 2);
        var before = _world.Hub.Sessions["hanoi"];
        Assert.Equal(ServiceHealth.Up, _world.Hub.Of("hanoi", "echo").Health);
        _services.Ports["echo"] = (_echo.Port, ServiceHealth.Down);
        _services.Ports["second"] = (_echo.Port, ServiceHealth.Up);
        await agent.ReportAsync();
        await _world.UntilAsync(() => _world.Hub.Of("hanoi", "echo").Health == ServiceHealth.Down
            && _world.Hub.Of("hanoi", "second").Health == ServiceHealth.Up, "change");
        _services.Ports.TryRemove("second", out _);
        await agent.ReportAsync();
        await _world.UntilAsync(() =>
            _world.Hub.Of("hanoi", "second").Reason == "agent hanoi has no service second, or may not publish it",
            "change");
        Assert.Equal(before, _world.Hub.Sessions["hanoi"]);
    }

    [Fact]
    public async Task An_agent_that_stops_ends_what_is_under_way_and_gets_nothing_new()
    {
        var agent = await _world.ConnectAsync("hanoi", _services, 2);
        await using var running = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        var draining = agent.DrainAsync();
        await _world.UntilAsync(() => _world.Hub.Of("hanoi", "echo") == (ServiceHealth.Down, "tunnel lost"), "drain");
        await Assert.ThrowsAsync<TunnelException>(async () =>
            await _world.Hub.ConnectAsync("hanoi", "echo", false, default));
        Assert.False(draining.IsCompleted);
        await AssertEchoAsync(running);

        // What is kept for later says that it is of no use any more.
        running.Keep();
        Assert.Equal(0, await running.ReadAsync(Memory<byte>.Empty).AsTask().WithinAsync(5));
        await running.DisposeAsync();
        await draining.WithinAsync(10);
        await agent.DisposeAsync();
        await _world.UntilAsync(() => _world.Hub.Sessions.IsEmpty, "end");
    }

    [Fact]
    public async Task A_gateway_that_stops_tells_its_agents_to_dial_again_and_ends_what_is_under_way()
    {
        await using var other = await TunnelWorld.StartAsync();
        await _world.ConnectAsync("hanoi", _services, 2);
        var (hub, server, port) = (_world.Hub, _world.Server, _world.Address.Port);
        await using var running = await hub.ConnectAsync("hanoi", "echo", false, default);
        await server.MoveAsync(TimeSpan.Zero);

        // The next node, at the same address.
        await _world.ListenAsync(port);
        await _world.UntilAsync(() => _world.Hub.Sessions.GetValueOrDefault("hanoi", []).Length == 2,
            "new connections");
        await AssertEchoAsync(running);
        // it leads on until it is closed
        await using var late = await hub.ConnectAsync("hanoi", "echo", false, default);
        var draining = server.DrainAsync(TimeSpan.FromSeconds(20));
        Assert.False(draining.IsCompleted);
        await running.DisposeAsync();
        await late.DisposeAsync();
        await draining.WithinAsync(10);
        await server.DisposeAsync();
        await using var next = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await AssertEchoAsync(next);
    }

    [Fact]
    public async Task A_gateway_that_dies_is_dialled_again_until_it_is_back()
    {
        await _world.ConnectAsync("hanoi", _services, 2);
        var port = _world.Address.Port;
        await _world.Server.DisposeAsync();
        Assert.Equal((ServiceHealth.Down, "tunnel lost"), _world.Hub.Of("hanoi", "echo"));
        await _world.ListenAsync(port);
        await _world.UntilAsync(() => _world.Hub.Sessions.GetValueOrDefault("hanoi", []).Length == 2, "connections");
    }

    [Fact]
    public async Task Another_process_of_the_same_agent_is_a_replica_where_that_is_allowed_and_refused_elsewhere()
    {
        await _world.ConnectAsync("hanoi", _services, 2);
        var (second, running) = _world.Run("hanoi", _services, 2);
        await _world.UntilAsync(() =>
            _world.Log.Any(l => l.Contains("another process is connected as hanoi", StringComparison.Ordinal)),
            "refusal");
        Assert.Equal(2, _world.Hub.Sessions["hanoi"].Length);
        Assert.False(running.IsCompleted); // it may be the old one that is half dead: it goes on trying
        await second.DisposeAsync();

        _world.Policy.Allow("hanoi", replicas: true);
        await _world.ConnectAsync("hanoi", _services, 2);
        Assert.Equal(2, _world.Hub.Sessions["hanoi"].Select(s => s.Instance).Distinct().Count());
    }

    [Fact]
    public async Task Who_is_not_known_is_told_so_and_stops_dialling()
    {
        var (_, running) = _world.Run("nobody", _services);
        var refusal = await running.WithinAsync(10);
        Assert.Equal("there is no TunnelAgent nobody", refusal!.Reason);
        Assert.True(refusal.IsPermanent);
    }

    [Fact]
    public async Task An_agent_may_ask_beforehand_what_it_would_be_told()
    {
        var dialer = _world.DialerOf(_world.CertificateOf("hanoi"));
        _world.Policy.Allow("hanoi", publishes: s => s == "echo");
        Assert.Equal((200, ""),
            await dialer.AskAsync(_world.Address, TunnelTokens.AdmittancePath, "echo", default));
        Assert.Equal((200, "other: TunnelAgent hanoi does not say that it publishes this"),
            await dialer.AskAsync(_world.Address, TunnelTokens.AdmittancePath, "other\necho", default));
        _world.Policy.Grants.Clear();
        Assert.Equal((403, "there is no TunnelAgent hanoi"),
            await dialer.AskAsync(_world.Address, TunnelTokens.AdmittancePath, "echo", default));
        Assert.Equal(401, (await _world.DialerOf(null).AskAsync(_world.Address, TunnelTokens.AdmittancePath, "",
            default)).Status);
    }

    [Fact]
    public async Task Who_is_revoked_is_cut_off_at_once_and_what_is_not_published_any_more_is_not_reached()
    {
        await _world.ConnectAsync("hanoi", _services, 2);
        await using var running = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        _world.Policy.Allow("hanoi", publishes: s => s == "other");
        await _world.Server.ReviewAsync();
        Assert.Equal(ServiceHealth.Down, _world.Hub.Of("hanoi", "echo").Health);
        _world.Policy.Grants.TryRemove("hanoi", out _);
        await _world.Server.ReviewAsync();
        await _world.UntilAsync(() => _world.Hub.Sessions.IsEmpty, "cut");
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            if (await running.ReadAsync(new byte[1]) == 0)
                throw new IOException("ended");
        });
    }

    [Fact]
    public async Task A_code_makes_a_certificate_once_and_the_certificate_is_renewed()
    {
        var code = EnrollmentCode.Make(ServerTrust.PinOf(X509Certificate2.CreateFromPem(_world.Authority.Pem)));
        _world.Policy.Codes[code.Secret] = "hanoi";
        var request = TestRequest.Make("CN=somebody-else");
        var anonymous = _world.DialerOf(null);
        Assert.Equal(400, (await anonymous.AskAsync(_world.Address, TunnelTokens.EnrollPath, $"{code.Secret}\nnonsense",
            default)).Status);
        var (status, text) = await anonymous.AskAsync(_world.Address, TunnelTokens.EnrollPath,
            $"{code.Secret}\n{request}", default);
        Assert.Equal(200, status);
        using var certificate = X509Certificate2.CreateFromPem(text);
        Assert.Equal("hanoi", _world.Authority.AgentOf(certificate)); // the request's own name counts for nothing
        Assert.InRange(certificate.NotAfter - DateTime.Now, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));
        Assert.Equal(403, (await anonymous.AskAsync(_world.Address, TunnelTokens.EnrollPath,
            $"{code.Secret}\n{request}", default)).Status);
        Assert.Equal(401, (await anonymous.AskAsync(_world.Address, TunnelTokens.RenewPath, request, default)).Status);
        Assert.Equal(400, (await _world.DialerOf(_world.CertificateOf("hanoi"))
            .AskAsync(_world.Address, TunnelTokens.RenewPath, "nonsense", default)).Status);
        var renewed = await _world.DialerOf(_world.CertificateOf("hanoi"))
            .AskAsync(_world.Address, TunnelTokens.RenewPath, request, default);
        Assert.Equal(200, renewed.Status);
        _world.Policy.Grants.TryRemove("hanoi", out _);
        Assert.Equal(401, (await _world.DialerOf(_world.CertificateOf("hanoi"))
            .AskAsync(_world.Address, TunnelTokens.RenewPath, request, default)).Status);
    }

    [Fact]
    public async Task A_certificate_that_ended_while_its_agent_was_away_opens_no_tunnel_but_gets_a_new_one()
    {
        var request = TestRequest.Make("CN=x");
        var ended = _world.CertificateOf("hanoi", TimeSpan.FromDays(-3));
        Assert.True(ended.NotAfter < DateTime.Now);
        var dialer = _world.DialerOf(ended);
        await using (var stream = await dialer.ReverseAsync(_world.Address, 0, TunnelForm.Tls, default))
            Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WithinAsync(5));
        Assert.Equal(200, (await dialer.AskAsync(_world.Address, TunnelTokens.RenewPath, request, default)).Status);
        Assert.Equal(401, (await _world.DialerOf(null)
            .AskAsync(_world.Address, TunnelTokens.RenewPath, request, default)).Status);
        await Assert.ThrowsAsync<DialException>(() =>
            _world.DialerOf(_world.CertificateOf("hanoi", TimeSpan.FromDays(-40)))
            .AskAsync(_world.Address, TunnelTokens.RenewPath, request, default));
        Assert.True(_world.Hub.Sessions.IsEmpty);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_and_a_gateway_of_another_one_are_not_believed()
    {
        await using var stranger = await TunnelWorld.StartAsync();
        await Assert.ThrowsAsync<DialException>(() => stranger.DialerOf(stranger.CertificateOf("hanoi"))
            .ReverseAsync(_world.Address, 0, TunnelForm.Tls, default));
        var dialer = new Dialer(new DialOptions
        {
            Authority = X509Certificate2.CreateFromPem(_world.Authority.Pem),
            Certificate = () => stranger.CertificateOf("hanoi"),
        });
        await Assert.ThrowsAsync<DialException>(() =>
            dialer.AskAsync(_world.Address, TunnelTokens.RenewPath, "x", default));

        // A certificate of the gateway's own is none of an agent.
        Assert.Null(_world.Authority.AgentOf(_world.Authority.IssueServer()));
    }

    [Fact]
    public async Task More_connections_than_the_agent_may_have_are_refused_with_the_limit()
    {
        _world.Policy.Allow("hanoi", streams: 2);
        await _world.ConnectAsync("hanoi", _services, 2);
        await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        var refused = await Assert.ThrowsAsync<TunnelException>(async () =>
            await _world.Hub.ConnectAsync("hanoi", "echo", false, default));
        Assert.Equal("tunnel: agent hanoi has 2 connections to its services, and may not have more (limits.streams)",
            refused.Message);
    }

    [Fact]
    public async Task More_tunnels_than_the_agent_may_have_are_refused_and_wait()
    {
        _world.Policy.Allow("hanoi", connections: 3);
        await using var agent = _world.Run("hanoi", _services, 4).Server;
        await _world.UntilAsync(() =>
            _world.Log.Any(l => l.Contains("has 3 tunnels here, and may not have more", StringComparison.Ordinal)),
            "refusal");
        Assert.Equal(3, _world.Hub.Sessions["hanoi"].Length);
    }

    [Fact]
    public async Task Many_processes_at_once_get_no_more_tunnels_than_the_agent_may_have()
    {
        _world.Policy.Allow("hanoi", connections: 1, replicas: true);
        using var together = new Barrier(2);
        _world.Policy.Asked = () => together.SignalAndWait(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 2; i++)
            _world.Run("hanoi", _services, 1);
        await _world.UntilAsync(() => _world.Log.Count(l =>
            l.StartsWith("agent hanoi", StringComparison.Ordinal)
            && (l.Contains("is connected", StringComparison.Ordinal)
                || l.Contains("may not have more", StringComparison.Ordinal))) >= 2, "answers");
        _world.Policy.Asked = null;
        Assert.Single(_world.Hub.Sessions["hanoi"]);
    }

    [Fact]
    public async Task Many_connections_at_once_are_no_more_than_the_agent_may_have()
    {
        _world.Policy.Allow("hanoi", streams: 1);
        await _world.ConnectAsync("hanoi", _services, 2);
        for (var round = 0; round < 300; round++)
        {
            var arrived = 0;
            var opened = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(async () =>
            {
                Interlocked.Increment(ref arrived);
                SpinWait.SpinUntil(() => Volatile.Read(ref arrived) == 2);
                try
                {
                    return await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
                }
                catch (TunnelException)
                {
                    return null;
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            foreach (var stream in opened.OfType<TunnelStream>())
                await stream.DisposeAsync();
            Assert.Single(opened, s => s is not null);
        }
    }

    [Fact]
    public async Task What_is_large_goes_by_other_connections_than_what_is_not()
    {
        await _world.ConnectAsync("hanoi", _services, 4);
        for (var i = 0; i < 6; i++)
            await _world.Hub.ConnectAsync("hanoi", "echo", bulk: i % 2 == 0, default);
        Assert.Equal([2, 1, 2, 1], _world.Hub.Sessions["hanoi"].Select(s => s.InFlight));
    }
}
