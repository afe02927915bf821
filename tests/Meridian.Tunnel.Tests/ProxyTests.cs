using System.Net.Sockets;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Tests.Support;

namespace Meridian.Tunnel.Tests;

/// <summary>Sites that reach gateways through a proxy alone.</summary>
public sealed class ProxyTests : TunnelTest
{
    [Theory]
    [InlineData(TunnelForm.Tls, null)]
    [InlineData(TunnelForm.Upgrade, "lab:s@cret")]
    [InlineData(TunnelForm.WebSocket, null)]
    public async Task Every_form_goes_through_a_SOCKS_proxy(TunnelForm form, string? password)
    {
        using var socks = new TestSocks(password);
        var dialer = DialerBy($"socks5://{(password is null ? "" : "lab:s%40cret@")}127.0.0.1:{socks.Port}", form);
        _world.Run(dialer, _services, 1);
        await _world.UntilAsync(() => _world.Hub.Sessions.ContainsKey("hanoi"), "tunnel");
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await AssertEchoAsync(stream);
        Assert.Equal(_world.Address.ToString(), Assert.Single(socks.Asked));
    }

    [Fact]
    public async Task Names_are_resolved_by_a_SOCKS_proxy()
    {
        using var socks = new TestSocks(reply: 4);
        var dialer = DialerBy($"socks5://127.0.0.1:{socks.Port}", TunnelForm.Tls);
        var fault = await FaultOfAsync(dialer, new GatewayAddress("gateway.nowhere.invalid", 7443));
        Assert.Equal($"the proxy 127.0.0.1:{socks.Port}: the host cannot be reached", fault);
        Assert.Equal("gateway.nowhere.invalid:7443", Assert.Single(socks.Asked));
    }

    [Theory]
    [InlineData(TunnelForm.Tls)]
    [InlineData(TunnelForm.WebSocket)]
    public async Task A_proxy_that_fails_is_named_and_the_gateway_is_not_blamed(TunnelForm form)
    {
        Assert.Equal("the proxy 127.0.0.1:1: connection refused",
            await FaultOfAsync(DialerBy("socks5://127.0.0.1:1", form), _world.Address));
        Assert.Equal("the proxy nowhere.invalid:3128: this name cannot be resolved",
            await FaultOfAsync(DialerBy("nowhere.invalid:3128", form), _world.Address));
        using var strict = new TestSocks("lab:secret");
        Assert.Equal($"the proxy 127.0.0.1:{strict.Port}: it wants a user and a password",
            await FaultOfAsync(DialerBy($"socks5://127.0.0.1:{strict.Port}", form), _world.Address));
        Assert.Equal($"the proxy 127.0.0.1:{strict.Port}: it refuses the user or the password",
            await FaultOfAsync(DialerBy($"socks5://lab:wrong@127.0.0.1:{strict.Port}", form), _world.Address));
        using var other = new TestOrigin(socket => socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()));
        Assert.Equal($"the proxy 127.0.0.1:{other.Port}: it does not speak SOCKS 5",
            await FaultOfAsync(DialerBy($"socks5://127.0.0.1:{other.Port}", form), _world.Address));
        Assert.Equal($"the proxy 127.0.0.1:{other.Port}: it answers HTTP/1.1 400 Bad Request",
            await FaultOfAsync(DialerBy($"127.0.0.1:{other.Port}", form), _world.Address));
    }

    [Fact]
    public async Task A_gateway_of_NO_PROXY_is_dialled_without_it()
    {
        var dialer = DialerBy("http://127.0.0.1:1", TunnelForm.Tls, direct: "127.0.0.0/8");
        await using var stream = await dialer.ReverseAsync(_world.Address, 0, TunnelForm.Tls, default);
        Assert.True(stream.CanWrite);
    }

    [Fact]
    public async Task What_is_no_gateway_has_no_authority_and_says_so()
    {
        using var stranger = new TestOrigin(async socket =>
        {
            using var certificate = TestCertificate.Create("stranger.example.com");
            await using var tls = new System.Net.Security.SslStream(new NetworkStream(socket));
            await tls.AuthenticateAsServerAsync(certificate);
            _ = await tls.ReadAsync(new byte[4096]);
            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray());
        });
        var gateway = new GatewayAddress("127.0.0.1", stranger.Port);
        var fault = await Assert.ThrowsAsync<DialException>(() => Dialer.AuthorityAsync(gateway, "pin", null, default));
        Assert.Equal($"{gateway} is no gateway's port for tunnels: what answers there has no authority", fault.Message);
    }

    private static async Task<string> FaultOfAsync(Dialer dialer, GatewayAddress gateway) =>
        (await Assert.ThrowsAsync<DialException>(() => dialer.ReverseAsync(gateway, 0, default))).Message;

    private Dialer DialerBy(string proxy, TunnelForm form, string? direct = null) => new(new DialOptions
    {
        Authority = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(_world.Authority.Pem),
        Certificate = () => _world.CertificateOf("hanoi"),
        Forms = [form],
        Proxy = ProxySettings.Of(proxy, direct),
    });
}
