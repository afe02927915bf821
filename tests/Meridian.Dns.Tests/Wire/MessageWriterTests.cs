using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class MessageWriterTests
{
    private static readonly DnsName Zone = DnsName.Parse("a.");

    [Fact]
    public void A_message_has_its_header_its_question_and_its_records_in_their_sections()
    {
        var buffer = new byte[100];
        var writer = new MessageWriter(buffer, 0x1234, 0x8400);
        writer.Question(Zone, RecordType.AXFR);
        Assert.True(writer.TryAnswer(Zone, RecordType.A, 60, [10, 0, 0, 1]));
        Assert.True(writer.TryAnswer(Zone, RecordType.A, 60, [10, 0, 0, 2]));
        Assert.True(writer.TryAuthority(DnsName.Parse("b.a"), RecordType.A, 0x01020304, [10, 0, 0, 3]));

        Assert.Equal("1234" + "8400" + "0001" + "0002" + "0001" + "0000"
            + "016100" + "00FC" + "0001"
            + "C00C" + "0001" + "0001" + "0000003C" + "0004" + "0A000001"
            + "C00C" + "0001" + "0001" + "0000003C" + "0004" + "0A000002"
            + "0162C00C" + "0001" + "0001" + "01020304" + "0004" + "0A000003",
            Convert.ToHexString(buffer.AsSpan(0, writer.Length)));
    }

    [Fact]
    public void A_record_that_has_no_room_leaves_the_message_as_it_was()
    {
        var buffer = new byte[100];
        var writer = new MessageWriter(buffer, 1, 0);
        Assert.True(writer.TryAnswer(Zone, RecordType.A, 60, [10, 0, 0, 1]));
        var before = Convert.ToHexString(buffer.AsSpan(0, writer.Length));
        for (var room = 0; room < 16; room++)
        {
            writer.Limit = writer.Length + room;
            Assert.False(writer.TryAnswer(Zone, RecordType.A, 60, [10, 0, 0, 2]));
            Assert.Equal(before, Convert.ToHexString(buffer.AsSpan(0, writer.Length)));
        }

        writer.Limit++;
        Assert.True(writer.TryAnswer(Zone, RecordType.A, 60, [10, 0, 0, 2]));
    }
}
