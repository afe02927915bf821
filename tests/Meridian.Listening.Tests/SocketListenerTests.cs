using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Listening.Tests;

public sealed class SocketListenerTests : IAsyncDisposable
{
    private readonly List<Socket> _clients = [];
    private WebApplication? _app;

    [Fact]
    public async Task A_connection_has_a_place_until_it_has_sent_a_request()
    {
        await StartAsync();
        await DialAsync("127.0.0.2");
        var second = await DialAsync("127.0.0.2");
        var third = await DialAsync("127.0.0.2");
        Assert.Equal("", await ReadAsync(third));

        Assert.EndsWith("served", await AskAsync(second), StringComparison.Ordinal);
        Assert.EndsWith("served", await AskAsync(await DialAsync("127.0.0.2")), StringComparison.Ordinal);
        Assert.EndsWith("served", await AskAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_connection_makes_room_for_that_of_another_client()
    {
        await StartAsync();
        var first = await DialAsync("127.0.0.2");
        await DialAsync("127.0.0.2");
        await DialAsync("127.0.0.3");
        Assert.EndsWith("served", await AskAsync(await DialAsync("127.0.0.4")), StringComparison.Ordinal);
        Assert.Equal("", await ReadAsync(first));
    }

    [Fact]
    public async Task A_connection_that_ends_gives_its_place_back()
    {
        await StartAsync();
        var first = await DialAsync("127.0.0.2");
        await DialAsync("127.0.0.2");
        first.Dispose();
        await Wait.UntilAsync(
            async () => (await AskAsync(await DialAsync("127.0.0.2"))).EndsWith("served", StringComparison.Ordinal),
            () => "no room for a third one");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_as_Kestrel_tells_it()
    {
        await StartAsync();
        var taken = Assert.Throws<AggregateException>(() => Build(EndPoint.Port).StartAsync().Wait());
        Assert.Contains("address already in use", Assert.IsType<IOException>(taken.InnerException).Message,
            StringComparison.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(c => c.Dispose());
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(_app!.Urls.First()).Port);

    private async Task StartAsync()
    {
        _app = Build(0);
        await _app.StartAsync();
    }

    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddListening(perClient: 2, inAll: 3, DescriptorUse.Gateway, TimeProvider.System);
        var app = builder.Build();
        app.Run(context =>
        {
            context.GiveBackPlace();
            context.Response.ContentLength = "served".Length;
            return context.Response.WriteAsync("served");
        });
        return app;
    }

    private async Task<Socket> DialAsync(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _clients.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(EndPoint).WithinAsync(20);
        return socket;
    }

    private static async Task<string> AskAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray()).WithinAsync(20);
        }
        catch (SocketException)
        {
            return ""; // closed already
        }

        return await ReadAsync(socket);
    }

    // Empty where the connection is closed.
    private static async Task<string> ReadAsync(Socket socket)
    {
        var (text, buffer) = ("", new byte[4096]);
        try
        {
            while (!text.EndsWith("served", StringComparison.Ordinal)
                && await socket.ReceiveAsync(buffer).WithinAsync(20) is > 0 and var count)
                text += Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Reset.
        }

        return text;
    }
}
