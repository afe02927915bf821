using System.Text;
using Meridian.Tunnel.Sites;

namespace Meridian.Tunnel.Tests.Sites;

public sealed class HeadExchangeTests
{
    [Fact]
    public async Task The_head_is_read_and_no_octet_after_it()
    {
        using var stream = new AnsweringStream("HTTP/1.1 101 Switching Protocols\r\nUpgrade: ptth\r\n\r\nPRI");
        Assert.Equal((101, "HTTP/1.1 101 Switching Protocols"), await HeadExchange.SendAsync(stream, "GET /", default));
        Assert.Equal("GET /", stream.Request);
        Assert.Equal('P', stream.ReadByte());
    }

    [Fact]
    public async Task A_head_of_8_KiB_is_read_and_a_longer_one_is_refused()
    {
        var start = "HTTP/1.1 200 OK\r\nx: ";
        var fill = new string('a', HeadExchange.MaxHead - start.Length - 4);
        using var longest = new AnsweringStream($"{start}{fill}\r\n\r\n");
        Assert.Equal(200, (await HeadExchange.SendAsync(longest, "", default)).Status);
        using var longer = new AnsweringStream($"{start}{fill}a\r\n\r\n");
        var refused = await Assert.ThrowsAsync<DialException>(() => HeadExchange.SendAsync(longer, "", default));
        Assert.Equal("the head of the answer is longer than 8192 octets", refused.Message);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_none()
    {
        using var stream = new AnsweringStream("HTTP/1.1 200 OK\r\n");
        var refused = await Assert.ThrowsAsync<DialException>(() => HeadExchange.SendAsync(stream, "", default));
        Assert.Equal("the connection ended before an answer", refused.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Connection established", 200)]
    [InlineData("HTTP/1.0 407", 407)]
    [InlineData("HTTP/1.1 2000 OK", 0)]
    [InlineData("HTTP/1.1 -20 OK", 0)]
    [InlineData("HTTP/1.1", 0)]
    [InlineData("", 0)]
    public void A_status_has_three_digits(string statusLine, int status) =>
        Assert.Equal(status, HeadExchange.StatusOf(statusLine));

    private sealed class AnsweringStream(string answer) : MemoryStream(Encoding.ASCII.GetBytes(answer))
    {
        public string Request { get; private set; } = "";

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Request += Encoding.ASCII.GetString(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
