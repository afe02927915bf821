using System.Net;
using System.Net.Sockets;
using Meridian.Agent.Configuration;

namespace Meridian.Agent.Tests.Configuration;

public sealed class ServiceAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8880", "127.0.0.1", 8880)]
    [InlineData("vllm.local:1", "vllm.local", 1)]
    [InlineData("localhost:65535", "localhost", 65535)]
    [InlineData("[::1]:8000", "::1", 8000)]
    public void A_host_and_a_port_are_read_and_written_alike(string text, string host, int port)
    {
        Assert.Equal(new ServiceAddress(host, port, null), ServiceAddress.Parse(text));
        Assert.Equal(text, ServiceAddress.Parse(text)!.ToString());
    }

    [Fact]
    public void A_Unix_socket_is_read_and_written_alike()
    {
        Assert.Equal(new ServiceAddress("", 0, "/run/a.sock"), ServiceAddress.Parse("unix:/run/a.sock"));
        Assert.Equal("unix:/run/a.sock", ServiceAddress.Parse("unix:/run/a.sock")!.ToString());
        var longest = $"/{new string('a', 106)}";
        Assert.NotNull(new UnixDomainSocketEndPoint(ServiceAddress.Parse($"unix:{longest}")!.Path!));
        Assert.Null(ServiceAddress.Parse($"unix:{longest}a"));
        Assert.Null(ServiceAddress.Parse($"unix:/{new string('\u00e9', 54)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8880")]
    [InlineData(":8880")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("a b:80")]
    [InlineData("[localhost:80")]
    [InlineData("http://localhost:80")]
    [InlineData("unix:")]
    [InlineData("unix:run/a.sock")]
    public void What_is_no_address_is_none(string text) => Assert.Null(ServiceAddress.Parse(text));

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("169.254.0.0", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("febf::1", true)]
    [InlineData("169.253.0.1", false)]
    [InlineData("169.255.0.1", false)]
    [InlineData("168.254.0.1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    public void Link_local_addresses_are_known(string text, bool expected) =>
        Assert.Equal(expected, ServiceAddress.IsLinkLocal(IPAddress.Parse(text)));

    [Fact]
    public async Task A_connection_is_made_by_address_by_name_and_by_socket()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        foreach (var host in (string[])["127.0.0.1", "localhost"])
        {
            using var connected = await new ServiceAddress(host, port, null).ConnectAsync(CancellationToken.None);
            Assert.True(connected.Connected);
        }

        var path = Path.Combine(Path.GetTempPath(), $"meridian-{Guid.NewGuid():n}.sock");
        using var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        unix.Bind(new UnixDomainSocketEndPoint(path));
        unix.Listen();
        using var local = await new ServiceAddress("", 0, path).ConnectAsync(CancellationToken.None);
        Assert.True(local.Connected);
        File.Delete(path);
    }
}
