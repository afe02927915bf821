using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class DnsReaderTests
{
    /// <summary>
    /// A message, where its name begins, the name (null where it is refused), and where reading goes on.
    /// </summary>
    public static TheoryData<string, int, string?, int> Names => new()
    {
        // Whole names, at the very end of the message and before more.
        { "00", 0, ".", 1 },
        { "016100", 0, "a.", 3 },
        { "016100FF", 0, "a.", 3 },
        { "0161026262", 0, null, 0 },
        { "0161", 0, null, 0 },
        { "02", 0, null, 0 },
        { "", 0, null, 0 },

        // A pointer may be the last two octets; reading goes on behind it, and behind the first of several.
        { "016100C000", 3, "a.", 5 },
        { "0161000162C000FF", 3, "b.a.", 7 },
        { "016100C000C003", 5, "a.", 7 },
        { "0161000162C0000163C003", 7, "c.b.a.", 11 },
        { "016100C0", 3, null, 3 },

        // A pointer leads back before the name that it is found in, never to itself or ahead.
        { "C000", 0, null, 0 },
        { "C00200", 0, null, 0 },
        { "0161C000", 0, null, 0 },
        { "C002C000", 2, null, 2 },

        // Labels of 0x40 and 0x80 are not pointers and not names.
        { "004061", 1, null, 1 },
        { "008000", 1, null, 1 },
        { "00BF00", 1, null, 1 },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_is_read_through_pointers_that_lead_back(string hex, int at, string? expected, int end)
    {
        var reader = Reader(Convert.FromHexString(hex), at);
        Span<byte> name = stackalloc byte[DnsName.MaxLength];

        Assert.Equal(expected is not null, reader.TryReadName(name, out var length));
        Assert.Equal(end, reader.Position);
        if (expected is not null)
            Assert.Equal(expected, DnsName.FromWire(name[..length]).ToString());
    }

    [Fact]
    public void A_pointer_has_fourteen_bits()
    {
        var message = new byte[0x2104];
        message[0x2100] = 1;
        message[0x2101] = (byte)'a';
        byte[] pointing = [.. message, 0xE1, 0x00];
        var reader = Reader(pointing, message.Length);
        Span<byte> name = stackalloc byte[DnsName.MaxLength];

        Assert.True(reader.TryReadName(name, out var length));
        Assert.Equal("a.", DnsName.FromWire(name[..length]).ToString());
    }

    [Theory]
    [InlineData(61, true)]
    [InlineData(62, false)]
    [InlineData(63, false)]
    public void A_name_of_255_octets_is_read_and_a_longer_one_is_not(int last, bool read)
    {
        byte[] whole = [.. Label(63), .. Label(63), .. Label(63), .. Label(last), 0];
        byte[] pointed = [.. Label(63), .. Label(63), .. Label(last), 0, .. Label(63), 0xC0, 0];
        byte[] later = [.. new byte[12], .. whole];
        Span<byte> name = stackalloc byte[DnsName.MaxLength];

        Assert.Equal(read, Reader(whole, 0).TryReadName(name, out _));
        Assert.Equal(read, Reader(whole, 0).TryReadWholeName(out _));
        Assert.Equal(read, Reader(later, 12).TryReadName(name, out _));
        Assert.Equal(read, Reader(later, 12).TryReadWholeName(out _));
        Assert.Equal(read, Reader(pointed, 128 + last + 2).TryReadName(name, out _));
    }

    [Theory]
    [InlineData("00", true)]
    [InlineData("016100", true)]
    [InlineData("0161", false)]
    [InlineData("02610000", true)]
    [InlineData("0261", false)]
    [InlineData("C000", false)]
    [InlineData("", false)]
    public void A_whole_name_has_no_pointers_and_an_end(string hex, bool read)
    {
        var reader = Reader(Convert.FromHexString(hex), 0);

        Assert.Equal(read, reader.TryReadWholeName(out var name));
        Assert.Equal(read ? hex : "", Convert.ToHexString(name));
        Assert.Equal(read ? hex.Length / 2 : 0, reader.Position);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_label_of_63_octets_is_read_and_a_longer_one_is_not(int length, bool read)
    {
        byte[] message = [.. Label(length), 0];

        Assert.Equal(read, Reader(message, 0).TryReadWholeName(out _));
        Assert.Equal(read, Reader(message, 0).TrySkipName());
        Assert.Equal(read, Reader(message, 0).TryReadName(stackalloc byte[DnsName.MaxLength], out _));
    }

    [Theory]
    [InlineData("00", 1)]
    [InlineData("016100", 3)]
    [InlineData("0161C000", 4)]
    [InlineData("C0FF", 2)]
    [InlineData("FFFF", 2)]
    [InlineData("C0", null)]
    [InlineData("0161", null)]
    [InlineData("0361", null)]
    [InlineData("4000", null)]
    [InlineData("8000", null)]
    [InlineData("", null)]
    public void A_name_is_skipped_up_to_its_root_or_pointer(string hex, int? end)
    {
        var reader = Reader(Convert.FromHexString(hex), 0);

        Assert.Equal(end is not null, reader.TrySkipName());
        if (end is not null)
            Assert.Equal(end, reader.Position);
    }

    [Fact]
    public void Numbers_and_octets_are_read_up_to_the_end_and_not_beyond()
    {
        var reader = new DnsReader([1, 2, 3, 4, 5, 6, 7]);
        Assert.True(reader.TryReadByte(out var octet));
        Assert.True(reader.TryReadUInt16(out var small));
        Assert.True(reader.TryReadUInt32(out var large));
        Assert.Equal((1, 0x0203, 0x04050607u), (octet, small, large));
        Assert.True(reader.AtEnd);
        Assert.False(reader.TryReadByte(out octet));
        Assert.Equal(0, octet);
        Assert.False(reader.TryReadUInt16(out _));
        Assert.False(reader.TryReadUInt32(out _));
        Assert.False(reader.TryReadBytes(1, out _));
        Assert.True(reader.TryReadBytes(0, out var none));
        Assert.True(none.IsEmpty);
        Assert.Equal(7, reader.Position);

        reader = new DnsReader([1, 2]);
        Assert.False(reader.TryReadBytes(-1, out _));
        Assert.False(reader.TryReadBytes(3, out _));
        Assert.True(reader.TryReadBytes(2, out var all));
        Assert.Equal([1, 2], all.ToArray());
    }

    private static byte[] Label(int length) => [(byte)length, .. Enumerable.Repeat((byte)'a', length)];

    private static DnsReader Reader(byte[] message, int at)
    {
        var reader = new DnsReader(message);
        Assert.True(reader.TryReadBytes(at, out _));
        return reader;
    }
}
