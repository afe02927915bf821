using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Meridian.Addresses.Tests;

/// <summary>What a peer sent is never quoted, whatever the framework says of it.</summary>
public sealed class ErrorTextTests
{
    private const string Octets = "S3CRET\u001b[31m";

    public static TheoryData<string, string> Garbage => new()
    {
        { $"{Octets}\r\n\r\n", "http: not a valid answer" },
        { $"HTTP/1.1 {Octets}\r\n\r\n", "http: not a valid answer" },
        { $"HTTP/1.1 200 OK\r\n{Octets}\r\n\r\n", "http: not a valid answer" },
        { $"HTTP/1.1 200 OK\r\n{Octets} : x\r\n\r\n", "http: not a valid answer" },
        { $"HTTP/1.1 200 OK\r\nContent-Length: {Octets}\r\n\r\nbody", "" },
        { $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Octets}\r\n", "http: not a valid answer" },
        { $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx{Octets}\r\n", "http: not a valid answer" },
        { $"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{Octets}", "connection closed before the answer was whole" },
        { $"HTTP/1.1 503 {Octets}\r\nContent-Length: 0\r\n\r\n", "http: 503" },
        { $"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{{{Octets}: 1}}", "not the JSON that is wanted (line 1)" },
        { $"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={Octets}\r\nContent-Length: 2\r\n\r\n{{}}", "" },
        { $"HTTP/1.1 200 OK\r\nx: {new string('y', 100_000)}\r\n\r\n", "http: the head of the answer is too long" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Of_an_answer_nothing_is_quoted(string answer, string text)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var e = await AskAsync(answer, version);
            if (e is null)
                continue;
            Assert.DoesNotContain("S3CRET", ErrorText.Of(e), StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', ErrorText.Of(e));
            Assert.InRange(ErrorText.Of(e).Length, 1, ErrorText.MaxLength + 40);
            if (version == HttpVersion.Version11 && text.Length > 0)
                Assert.Equal(text, ErrorText.Of(e));
        }
    }

    [Fact]
    public void What_is_said_otherwise_is_escaped_and_bounded()
    {
        Assert.Equal(@"connection lost: a\u001bb\nc", ErrorText.Of(new IOException("a\u001bb\nc.")));
        Assert.Equal(ErrorText.MaxLength, ErrorText.Of(new InvalidDataException(new string('x', 5000))).Length);
    }

    [Fact]
    public void What_lies_behind_a_connection_that_cannot_be_made_is_told() =>
        Assert.Equal("connect: refused", ErrorText.Of(new HttpRequestException(HttpRequestError.ConnectionError,
            "sent", new InvalidOperationException("connect: refused"))));

    // Null where the answer is taken for one.
    private static async Task<Exception?> AskAsync(string answer, Version version)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, answer);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var e = await Record.ExceptionAsync(async () =>
        {
            using var response = await client.SendAsync(request).WithinAsync(20);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadFromJsonAsync<JsonObject>().WithinAsync(20);
        });
        await serving;
        return e;
    }

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        using var socket = await listener.AcceptSocketAsync();
        try
        {
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync(Encoding.UTF8.GetBytes(answer));
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(new byte[4096]) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client has had enough.
        }
    }
}
