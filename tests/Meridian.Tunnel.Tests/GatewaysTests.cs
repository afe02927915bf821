using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Tests.Support;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tunnel.Tests;

/// <summary>An agent with several gateways, of which not all take it.</summary>
public sealed class GatewaysTests : TunnelTest
{
    private static readonly TestPolicy NobodyIsKnown = new();

    [Fact]
    public async Task A_gateway_that_does_not_know_the_agent_yet_ends_nothing_and_is_tried_again()
    {
        var policy = new TestPolicy();
        var (other, hub) = await _world.StartAnotherAsync(policy);
        var (_, running) = _world.RunAt("hanoi", _services, 2, other, _world.Address);
        await _world.UntilAsync(() => Standing(_world.Hub) == 2, "two tunnels at the gateway that knows the agent");
        Assert.False(running.IsCompleted);
        Assert.Contains($"agent: Warning: {other} refuses this agent: there is no TunnelAgent hanoi", _world.Log);

        policy.Allow("hanoi");
        await _world.UntilAsync(() => Standing(hub) == 1 && Standing(_world.Hub) == 1, "a tunnel at each gateway");
        Assert.False(running.IsCompleted);
    }

    [Fact]
    public async Task Once_every_gateway_has_refused_the_agent_it_ends()
    {
        var (other, _) = await _world.StartAnotherAsync(NobodyIsKnown);
        _world.Policy.Grants.Clear();
        var (_, running) = _world.RunAt("hanoi", _services, 2, other, _world.Address);
        Assert.True((await running.WithinAsync(20))!.IsPermanent);
    }

    [Fact]
    public async Task A_gateway_that_is_away_may_know_the_agent_when_it_is_back()
    {
        var (other, _) = await _world.StartAnotherAsync(NobodyIsKnown);
        var here = _world.Address;
        await _world.Server.DisposeAsync();
        var (_, running) = _world.RunAt("hanoi", _services, 2, other, here);
        await _world.UntilAsync(() => _world.Log.Count(l =>
            l.Contains("is refused: there is no TunnelAgent hanoi", StringComparison.Ordinal)) > 2, "refusals");
        Assert.False(running.IsCompleted);
        await _world.ListenAsync(here.Port);
        await _world.UntilAsync(() => Standing(_world.Hub) == 2, "tunnels");
    }

    [Fact]
    public async Task Tunnels_spread_over_the_gateways_again_when_one_is_back_and_lose_nothing()
    {
        var here = _world.Address;
        var (other, hub) = await _world.StartAnotherAsync(_world.Policy);
        await _world.Server.DisposeAsync();
        _world.RunAt("hanoi", _services, 4, here, other);
        await _world.UntilAsync(() => Standing(hub) == 4, "all tunnels at the gateway that is there");
        var running = new List<TunnelStream>();
        for (var i = 0; i < 4; i++)
            running.Add(await hub.ConnectAsync("hanoi", "echo", false, default));

        await _world.ListenAsync(here.Port);
        await _world.UntilAsync(() => Standing(_world.Hub) == 2 && Standing(hub) == 2, "two tunnels at each gateway");
        foreach (var stream in running)
        {
            await AssertEchoAsync(stream);
            await stream.DisposeAsync();
        }

        await _world.UntilAsync(() => hub.Sessions["hanoi"].Length == 2, "end of the tunnels that were left");
    }

    [Fact]
    public async Task Why_no_tunnel_stands_is_logged_once_in_the_words_of_the_first_form()
    {
        var dialer = _world.DialerOf(null, TunnelForm.Upgrade, TunnelForm.WebSocket);
        var fault = await Assert.ThrowsAsync<DialException>(() => dialer.ReverseAsync(_world.Address, 0, default));
        Assert.Contains("the upgrade is answered with HTTP/1.1 401", fault.Message, StringComparison.Ordinal);

        var gateway = _world.Address;
        _world.Run(dialer, _services, 2);
        await _world.UntilAsync(() => _world.Log.Contains($"agent: {fault.Message}"), "reason");
        await _world.Server.DisposeAsync();
        await _world.UntilAsync(() => _world.Log.Contains($"agent: {gateway}: connection refused"), "new reason");
        Assert.Single(_world.Log, $"agent: {fault.Message}");
    }

    [Fact]
    public async Task A_better_form_than_the_one_that_came_through_is_tried_again_later()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var proxy = new FormProxy(_world.Address);
        var dialer = new Dialer(new DialOptions
        {
            Authority = X509Certificate2.CreateFromPem(_world.Authority.Pem),
            Certificate = () => _world.CertificateOf("hanoi"),
            Time = time,
        });
        var gateway = new GatewayAddress("127.0.0.1", proxy.Port);
        Assert.Equal(TunnelForm.Upgrade, await FormOfAsync(dialer, gateway));
        proxy.IsOpen = true;
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(TunnelForm.Upgrade, await FormOfAsync(dialer, gateway));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TunnelForm.Tls, await FormOfAsync(dialer, gateway));
    }

    [Fact]
    public async Task As_many_services_as_a_file_may_have_connect_whatever_their_names_and_reasons()
    {
        var services = new ManyServices();
        await _world.ConnectAsync("hanoi", services, 1);
        Assert.Equal(services.Reports, _world.Hub.Sessions["hanoi"].Single().Services);
    }

    private static int Standing(TunnelHub hub) =>
        hub.Sessions.GetValueOrDefault("hanoi", []).Count(s => s is { IsDraining: false, Instance.Length: > 0 });

    private static async Task<TunnelForm> FormOfAsync(Dialer dialer, GatewayAddress gateway)
    {
        var (stream, form) = await dialer.ReverseAsync(gateway, 0, default);
        await stream.DisposeAsync();
        return form;
    }

    /// <summary>Breaks off connections that ask for <c>rh2</c>, until it is open.</summary>
    private sealed class FormProxy : IDisposable
    {
        private readonly TestOrigin _origin;

        public FormProxy(GatewayAddress gateway) => _origin = new TestOrigin(async socket =>
        {
            var hello = new byte[16 * 1024];
            var count = await socket.ReceiveAsync(hello);
            if (!IsOpen && hello.AsSpan(0, count).IndexOf("rh2"u8) >= 0)
                return;
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(gateway.Host, gateway.Port);
            await upstream.GetStream().WriteAsync(hello.AsMemory(0, count));
            await using var client = new NetworkStream(socket);
            await Task.WhenAny(client.CopyToAsync(upstream.GetStream()), upstream.GetStream().CopyToAsync(client));
        });

        public bool IsOpen { get; set; }

        public int Port => _origin.Port;

        public void Dispose() => _origin.Dispose();
    }

    /// <summary>The most services that there may be, with the longest names and reasons.</summary>
    private sealed class ManyServices : IServiceTable
    {
        public ImmutableArray<ServiceReport> Reports { get; } =
        [
            .. Enumerable.Range(0, TunnelTokens.MaxServices).Select(i => new ServiceReport($"{i}".PadLeft(63, 'n'),
                ServiceHealth.Down, new string('\u0001', TunnelTokens.MaxReason), 0.123456789)),
        ];

        public Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken) =>
            Task.FromResult<Socket?>(null);
    }
}
