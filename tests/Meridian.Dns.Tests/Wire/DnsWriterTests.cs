using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class DnsWriterTests
{
    [Fact]
    public void What_fits_exactly_is_written_and_one_octet_more_is_not()
    {
        for (var room = 0; room <= 8; room++)
        {
            Assert.Equal(room >= 1, Writer(room).TryWriteByte(1));
            Assert.Equal(room >= 2, Writer(room).TryWriteUInt16(1));
            Assert.Equal(room >= 4, Writer(room).TryWriteUInt32(1));
            Assert.Equal(room >= 5, Writer(room).TryWriteBytes([1, 2, 3, 4, 5]));
        }
    }

    [Fact]
    public void Octets_follow_each_other_and_what_is_left_counts()
    {
        var writer = new DnsWriter(new byte[8]);
        Assert.True(writer.TryWriteByte(9));
        Assert.True(writer.TryWriteUInt32(0x01020304));
        Assert.False(writer.TryWriteUInt32(5));
        Assert.True(writer.TryWriteUInt16(0x0506));
        Assert.False(writer.TryWriteUInt16(7));
        Assert.Equal("09010203040506", Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData(14 + 5, true)]
    [InlineData(14 + 4, false)]
    public void A_name_that_ends_in_a_pointer_needs_room_for_the_whole_pointer(int room, bool written)
    {
        var writer = Writer(room);
        Assert.True(writer.TryWriteName(Name("host.example")));

        // A label of two letters and a pointer to the name before.
        Assert.Equal(written, writer.TryWriteName(Name("xy.host.example")));
        Assert.Equal(written ? room : 14, writer.Position);
    }

    [Theory]
    [InlineData("a.b.c", "a.b.c", "C000")]
    [InlineData("a.b.c", "A.B.C", "C000")]
    [InlineData("a.b.c", "x.b.c", "0178C002")]
    [InlineData("az.c", "AZ.c", "C000")]
    [InlineData("a.c", "\\001.c", "0101C002")]
    [InlineData("@.c", "`.c", "0160C002")]
    [InlineData("[.c", "{.c", "017BC002")]
    [InlineData("\\000.c", "\\032.c", "0120C002")]
    [InlineData("aa.c", "ab.c", "026162C003")]
    [InlineData("a.c", ".", "00")]
    [InlineData("a.c", "d", "016400")]
    [InlineData("a.c", "a", "016100")]
    public void A_name_ends_in_a_pointer_to_the_longest_suffix_that_stands_before_it(
        string first, string second, string hex)
    {
        var writer = Writer(100);
        Assert.True(writer.TryWriteName(Name(first)));
        var at = writer.Position;
        Assert.True(writer.TryWriteName(Name(second)));

        Assert.Equal(hex, Convert.ToHexString(writer.Written[at..]));
    }

    [Fact]
    public void The_labels_before_a_pointer_are_targets_too()
    {
        var writer = Writer(100);
        foreach (var name in (string[])["c", "b.c", "a.b.c", "x.b.c"])
            Assert.True(writer.TryWriteName(Name(name)));

        Assert.Equal("016300" + "0162C000" + "0161C003" + "0178C003", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_name_in_full_is_a_target()
    {
        var writer = Writer(100);
        Assert.True(writer.TryWriteUncompressed(Name("b.c")));
        Assert.True(writer.TryWriteUncompressed(Name("b.c")));
        Assert.True(writer.TryWriteName(Name("a.c")));

        Assert.Equal("0162016300" + "0162016300" + "0161C002", Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData(0x3FFF, "FFFF")]
    [InlineData(0x4000, "016100")]
    public void A_pointer_reaches_16383_octets(int at, string hex)
    {
        var writer = Writer(0x5000);
        Assert.True(writer.TryWriteBytes(new byte[at]));
        Assert.True(writer.TryWriteName(Name("a")));
        Assert.True(writer.TryWriteName(Name("a")));

        Assert.Equal(hex, Convert.ToHexString(writer.Written[(at + 3)..]));
    }

    [Fact]
    public void A_suffix_that_itself_ends_in_a_far_pointer_is_found()
    {
        var writer = Writer(0x5000);
        Assert.True(writer.TryWriteBytes(new byte[0x2100]));
        foreach (var name in (string[])["c", "b.c", "a.b.c"])
            Assert.True(writer.TryWriteName(Name(name)));

        Assert.Equal("016300" + "0162E100" + "0161E103", Convert.ToHexString(writer.Written[0x2100..]));
    }

    [Fact]
    public void The_first_24_places_are_targets_and_later_ones_are_not()
    {
        var writer = Writer(200);
        for (var i = 0; i < 25; i++)
            Assert.True(writer.TryWriteName([1, (byte)('a' + i), 0]));
        var at = writer.Position;
        Assert.True(writer.TryWriteName(Name("x")));
        Assert.True(writer.TryWriteName(Name("y")));

        Assert.Equal("C045" + "017900", Convert.ToHexString(writer.Written[at..]));
    }

    [Fact]
    public void What_is_taken_back_is_no_target()
    {
        var writer = Writer(100);
        Assert.True(writer.TryWriteName(Name("c")));
        var at = writer.Position;
        Assert.True(writer.TryWriteName(Name("b.c")));
        writer.RewindTo(at);
        Assert.True(writer.TryWriteName(Name("x.c")));
        Assert.True(writer.TryWriteName(Name("b.c")));

        Assert.Equal("016300" + "0178C000" + "0162C000", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Where_all_is_taken_back_nothing_is_a_target()
    {
        var writer = Writer(100);
        Assert.True(writer.TryWriteName(Name("c")));
        writer.RewindTo(0);
        Assert.True(writer.TryWriteName(Name("c")));

        Assert.Equal("016300", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_place_that_is_taken_back_is_no_target_whatever_stands_there_later()
    {
        var writer = Writer(100);
        Assert.True(writer.TryWriteName(Name("c")));
        var at = writer.Position;
        Assert.True(writer.TryWriteName(Name("a.b.c")));
        writer.RewindTo(at);

        // Octets that read as a name, and are data.
        Assert.True(writer.TryWriteBytes([1, (byte)'a', 1, (byte)'b', 0xC0, 0]));
        Assert.True(writer.TryWriteName(Name("a.b.c")));
        Assert.Equal("016300" + "01610162C000" + "01610162C000", Convert.ToHexString(writer.Written));
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(11, false)]
    public void A_record_is_repeated_with_other_data_where_all_copies_fit(int room, bool written)
    {
        var writer = Writer(room);
        Assert.True(writer.TryWriteBytes([7, 8, 1, 1]));
        ushort count = 1;

        Assert.Equal(written, writer.TryRepeatRecord(4, [2, 2, 3, 3], 2, ref count));
        Assert.Equal(written ? 3 : 1, count);
        Assert.Equal(written ? "070801010708020207080303" : "07080101", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_record_that_is_repeated_fills_the_message_to_its_end_and_no_further()
    {
        var writer = new DnsWriter(new byte[6]);
        Assert.True(writer.TryWriteBytes([7, 8, 1]));
        ushort count = 1;

        Assert.True(writer.TryRepeatRecord(3, [2], 1, ref count));
        Assert.Equal("070801070802", Convert.ToHexString(writer.Written));
    }

    private static DnsWriter Writer(int room) => new(new byte[room + 16]) { Limit = room };

    private static ReadOnlySpan<byte> Name(string text) => DnsName.Parse(text).Wire;
}
