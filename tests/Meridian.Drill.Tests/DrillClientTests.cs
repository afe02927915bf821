using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Drill.Tests;

/// <summary>One check against a real socket.</summary>
public sealed class DrillClientTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nx-meridian-site: hanoi\r\ncontent-length: 2\r\n\r\nok", true, 200, "hanoi")]
    [InlineData("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n", false, 503, null)]
    [InlineData("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n", false, 302, null)]
    public async Task The_status_and_the_site_are_those_of_the_answer(string answer, bool ok, int status, string? site)
    {
        using var listener = Listen(answer, out var url);

        var check = await CheckAsync(url);

        Assert.Equal((7, ok, status, site, null, "127.0.0.1"),
            (check.Number, check.Ok, check.Status, check.Site, check.Error, check.Address));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_a_failure_with_a_reason()
    {
        using var listener = Listen("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok", out var url);

        var check = await CheckAsync(url);

        Assert.False(check.Ok);
        Assert.Null(check.Status);
        Assert.NotEmpty(check.Error!);
    }

    [Fact]
    public async Task A_refused_connection_is_told_in_words()
    {
        Listen("", out var url).Dispose();

        var check = await CheckAsync(url);

        Assert.Equal((false, "connection refused", "127.0.0.1"), (check.Ok, check.Error, check.Address));
    }

    [Fact]
    public async Task The_gateway_is_asked_in_place_of_the_name()
    {
        using var listener = Listen("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", out var url);
        var options = new DrillOptions
        {
            Url = new Uri("http://nowhere.invalid/"),
            Gateway = new IPEndPoint(IPAddress.Loopback, url.Port),
        };

        var check = await new DrillClient(options, DrillWay.Gateway, TimeProvider.System).CheckAsync(1,
            CancellationToken.None);

        Assert.Equal((true, DrillWay.Gateway, "127.0.0.1"), (check.Ok, check.Way, check.Address));
    }

    private static Task<DrillCheck> CheckAsync(Uri url) =>
        new DrillClient(new DrillOptions { Url = url, Timeout = TimeSpan.FromSeconds(30) }, DrillWay.Dns,
            TimeProvider.System)
            .CheckAsync(7, CancellationToken.None);

    // Gives one connection the answer, whatever it asks, and closes it.
    private static TcpListener Listen(string answer, out Uri url)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        _ = ServeAsync();
        return listener;

        async Task ServeAsync()
        {
            try
            {
                using var connection = await listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
