using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;

namespace Meridian.Health.Tests.Probes;

public sealed class TcpProbeTests
{
    [Fact]
    public async Task A_connection_is_enough_where_nothing_is_expected()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.Equal("tcp: connected", await Probing.AskAsync(Check(new TcpCheck()), listener.Port()));
    }

    [Fact]
    public async Task A_refused_connection_says_so() =>
        Assert.Equal("DOWN connect: refused", await Probing.AskAsync(Check(new TcpCheck()), LoopbackPort.Unused()));

    [Fact]
    public async Task The_text_is_sent_and_the_expected_one_found_though_it_comes_in_pieces() =>
        Assert.Equal("tcp: expected answer", await AnsweredAsync(
            new TcpCheck { Send = "PING\r\n", Expect = "+PONG" }, "PING\r\n", "ready +PO", "NG\r\n"));

    [Fact]
    public async Task The_expected_text_may_be_the_first() =>
        Assert.Equal("tcp: expected answer", await AnsweredAsync(new TcpCheck { Expect = "+PONG" }, "", "+PONG\r\n"));

    [Fact]
    public async Task A_peer_that_closes_before_the_expected_text_says_so() =>
        Assert.Equal(@"DOWN tcp: closed before `+NOPE\r\n` came",
            await AnsweredAsync(new TcpCheck { Send = "PING\r\n", Expect = "+NOPE\r\n" }, "PING\r\n", "+PONG\r\n"));

    [Theory]
    [InlineData(65_536 - 5, "tcp: expected answer")]
    [InlineData(65_536 - 4, "DOWN tcp: `+PONG` is not in the first 64 KiB of the answer")]
    public async Task The_first_64_KiB_are_searched(int before, string expected) =>
        Assert.Equal(expected,
            await AnsweredAsync(new TcpCheck { Expect = "+PONG" }, "", new string('x', before), "+PONG "));

    private static HealthCheck Check(TcpCheck check) => new() { Name = "c", Tcp = check };

    // The result of a probe of a peer that reads a request, sends its answer in pieces, and closes.
    private static async Task<string> AnsweredAsync(TcpCheck check, string request, params string[] answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            client.NoDelay = true;
            var received = new byte[request.Length];
            await client.GetStream().ReadExactlyAsync(received);
            Assert.Equal(request, Encoding.UTF8.GetString(received));
            foreach (var piece in answer)
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(piece));
        });
        var shown = await Probing.AskAsync(Check(check), listener.Port());
        await serving;
        return shown;
    }
}
