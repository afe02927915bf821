using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Meridian.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>Everything that HTTP carries, through real clients.</summary>
public sealed class ProtocolTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Bodies_go_both_ways_unchanged_over_one_port(string version)
    {
        var body = RandomNumberGenerator.GetBytes(3_000_000);
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n" +
                $"{r.Body.Length:x}\r\n");
            await c.SendAsync(r.Body);
            await c.SendAsync("\r\n0\r\nx-sum: done\r\n\r\n");
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client(Version.Parse(version));

        using var response = await client.PostAsync("/", new ByteArrayContent(body));
        Assert.Equal(version, response.Version.ToString(2));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)),
            Convert.ToHexString(SHA256.HashData(await response.Content.ReadAsByteArrayAsync())));
        if (version == "2.0")
            Assert.Equal("done", response.TrailingHeaders.GetValues("x-sum").Single());
        Assert.Equal("3000000", one.Requests.Single()["Content-Length"]);
    }

    [Fact]
    public async Task Events_arrive_one_by_one()
    {
        var next = new SemaphoreSlim(0);
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n" +
                "\r\n");
            for (var i = 0; i < 5; i++)
            {
                await next.WaitAsync();
                await c.SendAsync($"9\r\ndata: {i}\n\n\r\n");
            }

            await c.SendAsync("0\r\n\r\n");
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);
        using var client = world.Client();

        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 5; i++)
        {
            // The next token is not made before this one has arrived.
            next.Release();
            Assert.Equal($"data: {i}", await reader.ReadLineAsync().WithinAsync(10));
            Assert.Equal("", await reader.ReadLineAsync().WithinAsync(10));
        }

        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task An_answer_without_length_or_body_is_passed_on_as_it_is()
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            switch (r.Target)
            {
                case "/close":
                    await c.SendAsync("HTTP/1.0 200 OK\r\n\r\nuntil the end");
                    c.Dispose();
                    break;
                case "/head":
                    await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
                    break;
                case "/304":
                    await c.SendAsync("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n");
                    break;
                default:
                    await c.SendAsync("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
                    break;
            }
        });
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();

        Assert.Equal("until the end", await client.GetStringAsync("/close"));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/head"));
        Assert.Equal(1234, head.Content.Headers.ContentLength);
        using var same = await client.GetAsync("/304");
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal("\"a\"", same.Headers.ETag!.Tag);
        using var none = await client.GetAsync("/204");
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
    }

    [Fact]
    public async Task A_client_that_waits_for_100_continue_gets_it()
    {
        await using var one = new Backend("one",
            async (r, c) => await c.AnswerAsync(Encoding.UTF8.GetString(await c.ReadBodyAsync(r))));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, world.Port);
        var stream = socket.GetStream();

        await stream.WriteAsync(("POST / HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 5\r\n"u8 +
            "Expect: 100-continue\r\n\r\n"u8).ToArray());
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync().WithinAsync(10));
        await stream.WriteAsync("hello"u8.ToArray());
        await reader.ReadLineAsync();
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync().WithinAsync(10));
    }

    [Fact]
    public async Task A_web_socket_goes_through_and_a_dead_address_is_passed_over()
    {
        await using var server = await WebServer.StartAsync(HttpProtocols.Http1, app =>
        {
            app.UseWebSockets();
            app.Run(async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                var buffer = new byte[1024];
                while (await socket.ReceiveAsync(buffer.AsMemory(),
                    default) is { MessageType: not WebSocketMessageType.Close } message)
                    await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage,
                        default);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
            });
        });
        var dead = Backend.Named("dead");
        await dead.KillAsync();
        await using var world = await GatewayWorld.StartAsync("", dead, Backend.At("ws", server.Port()));

        using var client = new ClientWebSocket();
        client.Options.SetRequestHeader("Host", "app.example.org");
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{world.Port}/chat"), default);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var echo = new byte[16];
        var received = await client.ReceiveAsync(echo, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(echo, 0, received.Count));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
        Assert.Equal("connect: refused", world.Evidence.Single().Reason);
    }

    [Fact]
    public async Task A_real_grpc_client_calls_and_streams_with_trailers()
    {
        await using var server = await WebServer.StartGrpcAsync();
        var dead = Backend.Named("dead");
        await dead.KillAsync();
        await using var world = await GatewayWorld.StartAsync("profile: grpc", dead, Backend.At("rpc", server.Port()));
        using var channel = GrpcChannel.ForAddress(world.Url, new GrpcChannelOptions
        {
            HttpHandler = new HostHandler(new SocketsHttpHandler()),
        });
        var client = new Health.HealthClient(channel);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving,
            (await client.CheckAsync(new HealthCheckRequest())).Status);
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
        Assert.Equal(StatusCode.NotFound, fault.StatusCode);
        using var watch = client.Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(default));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, watch.ResponseStream.Current.Status);
    }

    [Fact]
    public async Task Certificates_are_chosen_by_name_and_taken_anew_when_they_change()
    {
        using var folder = new TestFolder();
        WriteCertificate(folder, "app.example.org", "one");
        WriteCertificate(folder, "other.example.org", "other");
        await using var one = Backend.Named("one");
        var port = Ports.Free();
        await using var world = await GatewayWorld.StartAsync("", "",
            new GatewayOptions { Https = [new(IPAddress.Loopback, port)], Certificates = [folder.Path] }, one);

        Assert.Equal("one", await OrganisationAsync(port, "app.example.org"));
        Assert.Equal("other", await OrganisationAsync(port, "other.example.org"));

        WriteCertificate(folder, "app.example.org", "two");
        Assert.Null(world.RefreshCertificates());
        Assert.Equal("two", await OrganisationAsync(port, "app.example.org"));

        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_,
            certificate, _, _) => certificate is not null }
        };
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        client.DefaultRequestHeaders.Host = "app.example.org";
        Assert.Equal("one", await client.GetStringAsync($"https://127.0.0.1:{port}/"));
        Assert.Equal("https", one.Requests.Single()["X-Forwarded-Proto"]);

        // RFC 9110 section 15.5.20: this connection was made for another name.
        using var tls = new TcpClient();
        await tls.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(tls.GetStream(), false,
            (_, certificate, _, _) => certificate is not null);
        await stream.AuthenticateAsClientAsync("app.example.org");
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: stranger.example.org\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 421 Misdirected Request", await reader.ReadLineAsync());
    }

    /// <summary>The organisation in the subject of the certificate that a host name gets.</summary>
    private static async Task<string> OrganisationAsync(int port, string name)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(socket.GetStream(), false,
            (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(name);
        return tls.RemoteCertificate!.Subject.Split(", ")
            .Single(p => p.StartsWith("O=", StringComparison.Ordinal))[2..];
    }

    private static void WriteCertificate(TestFolder folder, string name, string organisation)
    {
        using var certificate = TestCertificate.Create(name, organisation: organisation);
        folder.Write($"{name}.pem", certificate.Pem());
    }
}
