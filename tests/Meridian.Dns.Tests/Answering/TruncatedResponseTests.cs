using Meridian.Dns.Answering;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Answering;

public sealed class TruncatedResponseTests
{
    [Theory]
    [InlineData(0x0000, 0x8200)]
    [InlineData(0x0100, 0x8300)]
    [InlineData(0x7800, 0xFA00)]
    [InlineData(0x0700, 0x8300)]
    [InlineData(0x00FF, 0x8200)]
    public void A_query_is_answered_with_its_question_its_opcode_and_RD(int flags, int expected)
    {
        var query = new QueryBuilder("www.example.org", RecordType.A) { Flags = (ushort)flags, Edns = true }.Build();
        var response = new byte[512];
        var length = TruncatedResponse.Of(query, response);

        Assert.Equal(12 + 17 + 4, length);
        var reply = Reply.Parse(response.AsSpan(0, length));
        Assert.Equal((0x1234, expected, "www.example.org."), (reply.Id, reply.Flags, reply.Question));
        Assert.False(reply.HasOpt);
    }

    [Theory]
    [InlineData(0, 33, false)]
    [InlineData(1, 33, true)]
    [InlineData(2, 33, false)]
    [InlineData(1, 32, false)]
    [InlineData(1, 20, false)]
    public void Without_one_whole_question_the_header_stands_alone(byte questions, int length, bool kept)
    {
        var response = new QueryBuilder("www.example.org", RecordType.A) { Flags = 0x8400 }.Build()[..length];
        (response[5], response[7], response[9], response[11]) = (questions, 3, 2, 1);

        Assert.Equal(kept ? 33 : 12, TruncatedResponse.Make(response));
        Assert.Equal([0x86, 0, 0, (byte)(kept ? 1 : 0), 0, 0, 0, 0, 0, 0], response[2..12]);
    }
}
