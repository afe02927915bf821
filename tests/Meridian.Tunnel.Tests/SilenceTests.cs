using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Tests.Support;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tunnel.Tests;

/// <summary>Whoever says nothing, or never comes to an end, keeps nobody out.</summary>
public sealed class SilenceTests : IAsyncDisposable
{
    // More than the handshakes that may compute at a time, several times over.
    private const int Many = 120;

    private readonly TestServices _services = new();
    private readonly TestOrigin _echo = new(TestOrigin.EchoAsync);
    private readonly List<Socket> _clients = [];
    private TunnelWorld _world = null!;

    [Theory]
    [InlineData("nothing")]
    [InlineData("the head of a record")]
    [InlineData("a whole hello")]
    public async Task Connections_that_stop_in_the_middle_of_a_handshake_keep_no_agent_out(string sent)
    {
        await StartAsync();
        for (var i = 0; i < Many; i++)
        {
            var socket = await DialAsync("127.0.0.2");
            if (sent == "the head of a record")
                await socket.SendAsync(new byte[] { 0x16, 3, 1, 2, 0 });
            else if (sent == "a whole hello")
                await SendHelloAsync(socket);
        }

        await _world.ConnectAsync("hanoi", _services);
        await using var stream = await _world.Hub.ConnectAsync("hanoi", "echo", false, default);
        await stream.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await stream.ReadAsync(new byte[1]).AsTask().WithinAsync(20));
    }

    [Fact]
    public async Task Once_all_places_of_newcomers_are_taken_an_agent_gets_one_of_those_who_have_most()
    {
        await StartAsync(options => options with { Newcomers = 8, NewcomersPerClient = 8 });
        for (var i = 0; i < 8; i++)
            await DialAsync("127.0.0.2");

        await _world.ConnectAsync("hanoi", _services, connections: 1);
        await AssertClosedAsync(_clients[0]);
    }

    [Fact]
    public async Task A_client_has_only_so_many_connections_that_are_no_tunnels_and_tunnels_do_not_count()
    {
        await StartAsync(options => options with { NewcomersPerClient = 4 });
        await _world.ConnectAsync("hanoi", _services, connections: 4);
        for (var i = 0; i < 5; i++)
            await DialAsync("127.0.0.1");
        await AssertClosedAsync(_clients[4]);
        Assert.Equal(4, _world.Hub.Sessions["hanoi"].Length);
    }

    [Fact]
    public void A_node_that_runs_for_long_has_a_new_certificate_before_the_old_one_ends()
    {
        using var folder = new TestFolder();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var authority = CertificateAuthority.Open(folder.Path, time);
        var certificate = new NodeCertificate(authority, time);
        var first = certificate.Current;
        time.Advance(TimeSpan.FromDays(59));
        Assert.Same(first, certificate.Current);
        time.Advance(TimeSpan.FromDays(2));
        Assert.NotSame(first, certificate.Current);
        time.Advance(TimeSpan.FromDays(3 * 365));
        Assert.True(certificate.Current.TargetCertificate.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        if (_world is not null)
            await _world.DisposeAsync();
        _echo.Dispose();
    }

    private async Task StartAsync(Func<TunnelServerOptions, TunnelServerOptions>? change = null)
    {
        _world = await TunnelWorld.StartAsync(change);
        _world.Policy.Allow("hanoi");
        _services.Ports["echo"] = (_echo.Port, ServiceHealth.Up);
    }

    private async Task<Socket> DialAsync(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _clients.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(_world.Server.EndPoints.First()).WithinAsync(20);
        return socket;
    }

    private static async Task AssertClosedAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WithinAsync(20));
        }
        catch (SocketException)
        {
            // Reset.
        }
    }

    // Goes no further: what the server answers is not read.
    private static async Task SendHelloAsync(Socket socket)
    {
        var hello = new HelloStream();
        using var tls = new SslStream(hello);
        _ = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = ServerTrust.ServerName,
            ApplicationProtocols = [TunnelTokens.ReversedHttp2],
        });
        await socket.SendAsync(await hello.Sent.Task.WithinAsync(20));
    }

    /// <summary>Keeps what is written first, and never has anything to read.</summary>
    private sealed class HelloStream : MemoryStream
    {
        public TaskCompletionSource<byte[]> Sent { get; } = new();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sent.TrySetResult(buffer.ToArray());
            return ValueTask.CompletedTask;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
