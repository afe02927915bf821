using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Meridian.Gateway.Tcp;
using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Tcp;

/// <summary>Connections that are passed on octet by octet, by port and by TLS server name.</summary>
public sealed class TcpTests : IAsyncLifetime
{
    private readonly List<Task> _serving = [];
    private readonly TcpListener _digest = new(IPAddress.Loopback, 0);
    private readonly int _port = Ports.Free();

    private Backend Digest => Backend.At("digest", ((IPEndPoint)_digest.LocalEndpoint).Port);

    private GatewayOptions Options =>
        new() { Tcp = [new PortRange(IPAddress.Loopback, _port, _port)], Drain = TimeSpan.FromSeconds(1) };

    public ValueTask InitializeAsync()
    {
        _digest.Start();
        _serving.Add(ServeAsync(_digest, DigestAsync));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _digest.Stop();
        await Task.WhenAll(_serving);
    }

    [Fact]
    public async Task Each_direction_ends_by_itself()
    {
        await using var world = await GatewayWorld.StartAsync($"tcp: {{port: {_port}}}", "", Options, Digest);
        var octets = RandomNumberGenerator.GetBytes(3_000_000);
        Assert.Equal(SHA256.HashData(octets), await SendAsync(_port, octets));

        // HTTP is not what this endpoint is for.
        using var client = world.Client();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task A_connection_that_one_address_refuses_goes_to_the_next()
    {
        var dead = Backend.At("dead", Ports.Free());
        await using var world = await GatewayWorld.StartAsync($"tcp: {{port: {_port}}}", "", Options, dead, Digest);
        Assert.Equal(SHA256.HashData("x"u8), await SendAsync(_port, "x"u8.ToArray()));
        Assert.Contains(world.Evidence, e => e.Reason == "connect: refused");
    }

    [Fact]
    public async Task A_connection_that_nobody_takes_is_no_failover()
    {
        var dead = Backend.At("dead", Ports.Free());
        await using var world = await GatewayWorld.StartAsync($"tcp: {{port: {_port}}}", "", Options, dead);
        Assert.Empty(await SendAsync(_port, []));
        Assert.Single(world.Evidence);
        Assert.Equal(1, world.Counts.Attempts.Single().Count);
        Assert.Empty(world.Counts.Failovers);
    }

    [Fact]
    public async Task What_says_nothing_for_too_long_is_closed()
    {
        await using var world = await GatewayWorld.StartAsync($"tcp: {{port: {_port}, idleTimeout: 1s}}", "", Options,
            Digest);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).AsTask().WithinAsync(10));
    }

    [Fact]
    public async Task A_port_that_is_not_allowed_is_not_opened_and_said()
    {
        var other = Ports.Free();
        await using var world = await GatewayWorld.StartAsync($"tcp: {{port: {other}}}", "", Options, Digest);
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, other));
        Assert.Contains($"endpoint app: port {other} is not opened: this node allows only 127.0.0.1:{_port}",
            world.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_table_does_not_wait_for_ports_to_be_opened_and_the_latest_one_counts()
    {
        await using var world = await GatewayWorld.StartAsync("tcp: {port: 1}", "", Options, Digest);
        using var hold = new ManualResetEventSlim();
        using var following = new SemaphoreSlim(0);
        world.Log.Writing = line =>
        {
            following.Release();
            hold.Wait(TestTime.Limit(30));
        };
        try
        {
            // What is not allowed is logged while ports are followed, so that the log can hold that up.
            await Task.Run(() => world.Edit("{port: 1}", "{port: 2}")).WithinAsync(10);
            Assert.True(await following.WaitAsync(TestTime.Limit(30)));
            await Task.Run(() => world.Edit("{port: 1}", $"{{port: {_port}}}")).WithinAsync(10);
        }
        finally
        {
            hold.Set();
        }

        await Wait.UntilAsync(CanConnectAsync, () => world.Log.ToString());

        async Task<bool> CanConnectAsync()
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, _port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task TLS_by_its_server_name_ends_at_the_service()
    {
        using var folder = new TestFolder();
        using var gateways = TestCertificate.Create("other.example.org");
        folder.Write("gateway.pem", gateways.Pem());
        using var services = TestCertificate.Create("app.example.org");
        using var secure = new TcpListener(IPAddress.Loopback, 0);
        secure.Start();
        _serving.Add(ServeAsync(secure, async stream =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(services);
            await tls.WriteAsync("own"u8.ToArray());
        }));
        var port = Ports.Free();
        await using (var world = await GatewayWorld.StartAsync("tcp: {passthrough: true}", "",
            new GatewayOptions
            {
                Https = [new(IPAddress.Loopback, port)],
                Certificates = [folder.Path],
                Drain = TimeSpan.FromSeconds(1),
            }, Backend.At("tls", ((IPEndPoint)secure.LocalEndpoint).Port)))
        {
            Assert.Equal(("CN=app.example.org", "own"), await ReadAsync(port, "app.example.org"));
            Assert.Equal(("CN=app.example.org", "own"), await ReadAsync(port, "APP.example.org"));
            Assert.Equal(("CN=other.example.org", ""), await ReadAsync(port, "other.example.org"));
        }
    }

    private static async Task<(string Subject, string Text)> ReadAsync(int port, string name)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream(), false,
            (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(name);
        var buffer = new byte[3];
        if (tls.RemoteCertificate!.Subject == "CN=app.example.org")
            await tls.ReadExactlyAsync(buffer);
        return (tls.RemoteCertificate.Subject, System.Text.Encoding.ASCII.GetString(buffer).TrimEnd('\0'));
    }

    private static async Task<byte[]> SendAsync(int port, byte[] octets)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(octets);
        client.Client.Shutdown(SocketShutdown.Send);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all).WithinAsync(20);
        return all.ToArray();
    }

    // Answers only once the client has said all.
    private static async Task DigestAsync(Stream stream) => await stream.WriteAsync(await SHA256.HashDataAsync(stream));

    private static async Task ServeAsync(TcpListener listener, Func<Stream, Task> serve)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        try
                        {
                            await serve(client.GetStream());
                        }
                        catch (IOException)
                        {
                            // The other side is gone.
                        }
                    }
                });
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
