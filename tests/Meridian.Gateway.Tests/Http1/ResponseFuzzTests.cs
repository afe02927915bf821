using System.Net.Sockets;
using System.Text;
using CsCheck;
using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Tests.Http1;

/// <summary>Whatever an address sends, reading it ends: in an answer, or in a failure with a reason.</summary>
public sealed class ResponseFuzzTests
{
    private static readonly string[] Seeds =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx-a: b\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    ];

    private static readonly Gen<string> Seed = Gen.Int[0, Seeds.Length - 1].Select(i => Seeds[i]);

    private static readonly Gen<byte[]> Answers = Gen.Select(Seed, Gen.Int[0, 80], Gen.Byte.Array[0, 6], Gen.Int[0, 4])
        .Select((seed, at, junk, cut) =>
    {
        var octets = Encoding.Latin1.GetBytes(seed).ToList();
        at = Math.Min(at, octets.Count);
        octets.RemoveRange(at, Math.Min(cut, octets.Count - at));
        octets.InsertRange(at, junk);
        return octets.ToArray();
    });

    [Fact]
    public void A_mutated_answer_is_read_or_refused() => Answers.Select(Gen.Int[1, 9]).Sample((octets, piece) =>
    {
        _ = ReadAsync(octets, piece).GetAwaiter().GetResult();
    }, time: Seconds, threads: 1, print: t => Encoding.Latin1.GetString(t.Item1));

    [Fact]
    public void An_answer_is_the_same_in_however_many_pieces_it_comes() =>
        Seed.Select(Gen.Int[1, 40]).Sample((seed, piece) =>
        Equal(ReadAsync(Encoding.Latin1.GetBytes(seed), int.MaxValue).GetAwaiter().GetResult(),
            ReadAsync(Encoding.Latin1.GetBytes(seed), piece).GetAwaiter().GetResult()), iter: 200, threads: 1);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 2")]
    public async Task What_is_cut_or_wrong_is_never_whole(string answer) =>
        Assert.Null(await ReadAsync(Encoding.Latin1.GetBytes(answer), int.MaxValue));

    private static int Seconds =>
        int.TryParse(Environment.GetEnvironmentVariable("MERIDIAN_FUZZ_SECONDS"), out var seconds)
        ? Math.Min(seconds, 10) : 3;

    private static bool Equal(byte[]? first, byte[]? second) => first!.AsSpan().SequenceEqual(second);

    // The body, or null after a failure. Anything but an UpstreamException is a fault of ours.
    private static async Task<byte[]?> ReadAsync(byte[] octets, int piece)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var connection = new UpstreamConnection(socket, new PieceStream(octets, piece));
        try
        {
            var body = new List<byte>();
            await connection.ReadHeadAsync(false, new Nobody(), default);
            while (true)
            {
                var read = await connection.ReadBodyAsync(default);
                if (read.IsEmpty)
                    return [.. body];
                body.AddRange(read.Span);
                Assert.True(body.Count <= octets.Length);
            }
        }
        catch (UpstreamException)
        {
            return null;
        }
    }

    private sealed class PieceStream(byte[] octets, int piece) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    private sealed class Nobody : IInterimReceiver
    {
        public ValueTask ReceiveAsync(ResponseHead head) => ValueTask.CompletedTask;
    }
}
