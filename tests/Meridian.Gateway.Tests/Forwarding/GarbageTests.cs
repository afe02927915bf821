using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Forwarding;

/// <summary>
/// What an address sends that is no answer is quoted nowhere: to no client, in no log, in no evidence.
/// </summary>
public sealed class GarbageTests
{
    private const string Octets = "S3CRET\u001b[31m";

    public static TheoryData<string, string> Answers
    {
        get
        {
            var answers = new TheoryData<string, string>();
            foreach (var way in new[] { "HTTP/1.1", "upgrade", "HTTP/2" })
            {
                answers.Add(way, $"{Octets}\r\n\r\n");
                answers.Add(way, $"HTTP/1.1 {Octets}\r\n\r\n");
                answers.Add(way, $"HTTP/1.1 200 OK\r\n{Octets} : x\r\n\r\n");
                answers.Add(way, $"HTTP/1.1 200 OK\r\nContent-Length: {Octets}\r\n\r\n");
                if (way != "HTTP/1.1") // there the head is withheld, and the connection ends
                    answers.Add(way, $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Octets}\r\n");
                answers.Add(way, $"HTTP/1.1 101 {Octets}\r\nUpgrade: {Octets}\r\n\r\n");
            }

            return answers;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Nothing_of_it_is_quoted(string way, string answer)
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync(answer);
            c.Dispose();
        });
        await using var world = await GatewayWorld.StartAsync(way == "HTTP/2" ? "upstream: {http2: true}" : "", one);

        using var client = await RawClient.ConnectAsync(world.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: app.example.org\r\n" + (way == "upgrade"
            ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            : "Connection: close\r\n\r\n"));
        await client.UntilAsync("\r\n\r\n");

        var (status, rest) = (client.Received[..12], $"{world.Log} {string.Join(' ', world.Evidence)}");
        Assert.StartsWith("HTTP/1.1 ", status, StringComparison.Ordinal);
        Assert.DoesNotContain("S3CRET", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", rest, StringComparison.Ordinal);
        if (status.EndsWith("502", StringComparison.Ordinal))
        {
            await client.UntilAsync("the last said");
            Assert.DoesNotContain("S3CRET", client.Received, StringComparison.Ordinal);
            Assert.NotEmpty(world.Evidence);
        }
    }
}
