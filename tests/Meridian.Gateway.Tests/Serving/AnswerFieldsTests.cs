using Meridian.Gateway.Tests.Support;

namespace Meridian.Gateway.Tests.Serving;

/// <summary>Which fields of an answer a client gets.</summary>
public sealed class AnswerFieldsTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\n";

    [Theory]
    [InlineData("", "Connection: x-secret, keep-alive\r\nX-Secret: 1\r\nX-Kept: 2\r\n")]
    [InlineData("", "X-Secret: 1\r\nConnection: close , X-SECRET\r\nX-Kept: 2\r\n")]
    [InlineData("", "Connection: keep-alive\r\nConnection: x-secret\r\nX-Kept: 2\r\nX-Secret: 1\r\nX-Secret: 3\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Connection: x-secret\r\nX-Secret: 1\r\nX-Kept: 2\r\n")]
    public async Task What_the_connection_field_names_goes_no_further(string upgrade, string fields)
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("one", 200, fields));
        await using var world = await GatewayWorld.StartAsync("", one);
        var ask = upgrade.Length == 0 ? Ask : $"GET / HTTP/1.1\r\nHost: app.example.org\r\n{upgrade}";

        using var client = await RawClient.ConnectAsync(world.Port);
        await client.SendAsync(ask + "\r\n");
        await client.UntilAsync("one");
        Assert.Contains("X-Kept: 2", client.Received, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", client.Received, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Connection: x-close-to-it", true)]
    [InlineData("Connection: keep-alive, close", false)]
    [InlineData("Connection: close", false)]
    public async Task A_connection_is_kept_unless_its_server_says_close(string field, bool kept)
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("one", 200, $"{field}\r\n"));
        await using var world = await GatewayWorld.StartAsync("", one);
        using var client = world.Client();
        Assert.Equal("one", await client.GetStringAsync("/"));
        Assert.Equal("one", await client.GetStringAsync("/"));
        Assert.Equal(kept ? 1 : 2, one.Accepted);
    }
}
