using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

public sealed class WireTests
{
    // RFC 4034 section 6.1 gives this order.
    [Fact]
    public void Names_are_ordered_as_RFC_4034_shows()
    {
        string[] ordered = ["example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.",
            "z.example.", "\\001.z.example.", "*.z.example.", "\\200.z.example."];
        var names = ordered.Select(DnsName.Parse).ToArray();
        Assert.Equal(names, names.Reverse().Order(CanonicalOrder.Instance));
        Assert.Equal(0, CanonicalOrder.Instance.Compare(DnsName.Parse("A.example."), DnsName.Parse("a.EXAMPLE.")));
    }

    [Theory]
    [InlineData("www.example.org", RecordType.A, 60)]
    [InlineData("nothing.example.org", RecordType.A, 30)]
    [InlineData("alias.example.org", RecordType.A, 60)]
    [InlineData("www.example.net", RecordType.A, 0)]
    public void A_response_is_kept_as_long_as_its_shortest_TTL(string name, RecordType type, uint ttl) =>
        Assert.Equal(ttl, MessageTtl.Of(Asking.Send(new QueryBuilder(name, type).Build())));

    [Fact]
    public void A_label_in_front_is_refused_where_the_name_would_be_none()
    {
        var name = DnsName.Parse($"{new string('a', 63)}.{new string('b', 63)}.{new string('c', 63)}.example.org");
        Assert.Equal("x.example.org.", DnsName.Parse("example.org").Prepend("x"u8)!.ToString());
        Assert.Null(name.Prepend([]));
        Assert.Null(name.Prepend(new byte[64]));
        Assert.NotNull(name.Prepend(new byte[255 - name.Wire.Length - 1]));
        Assert.Null(name.Prepend(new byte[255 - name.Wire.Length]));
    }

    [Fact]
    public void Nothing_is_written_over_the_limit()
    {
        var writer = new DnsWriter(new byte[2]) { Limit = 2 };
        Assert.True(writer.TryWriteByte(1));
        Assert.False(writer.TryWriteUncompressed(DnsName.Parse("a").Wire));
        Assert.True(writer.TryWriteByte(1));
        Assert.False(writer.TryWriteByte(1));
        Assert.Equal(2, writer.Position);
    }

    [Fact]
    public void A_response_that_is_cut_is_not_kept()
    {
        var response = Asking.Send(new QueryBuilder("www.example.org", RecordType.A).Build());
        for (var i = 0; i < response.Length; i++)
            Assert.Equal(0u, MessageTtl.Of(response.AsSpan(0, i)));
    }

    [Theory]
    [InlineData("AbC\xdaZ[@`{z", "abc\xdaz[@`{z")]
    [InlineData("A", "a")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")]
    public void Only_letters_of_ASCII_become_small(string text, string expected)
    {
        var octets = System.Text.Encoding.Latin1.GetBytes(text);
        var lower = new byte[octets.Length];
        DnsName.ToLower(octets, lower);
        Assert.Equal(expected, System.Text.Encoding.Latin1.GetString(lower));
    }

    [Fact]
    public void Every_octet_becomes_small_alike_at_every_place_of_a_word()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            for (var at = 0; at < 17; at++)
            {
                var source = new byte[17];
                source[at] = (byte)octet;
                var lower = new byte[17];
                DnsName.ToLower(source, lower);
                Assert.Equal(octet is >= 'A' and <= 'Z' ? octet + 32 : octet, lower[at]);
                Assert.Equal(octet == 0 ? 0 : 1, lower.Count(b => b != 0));
            }
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a..b", "empty label")]
    [InlineData("a\\25", "wrong escape")]
    [InlineData("a\\256", "wrong escape")]
    [InlineData("a\\", "wrong escape")]
    [InlineData("caf\u00e9", "not ASCII")]
    public void A_name_that_is_none_says_why(string text, string error)
    {
        Assert.False(DnsName.TryParse(text, null, out _, out var message));
        Assert.Contains(error, message);
    }

    [Fact]
    public void A_name_has_at_most_255_octets_and_a_label_63()
    {
        var label = new string('a', 63);
        Assert.True(DnsName.TryParse($"{label}.{label}.{label}.{new string('b', 61)}.", null, out var longest, out _));
        Assert.Equal(255, longest.Wire.Length);
        Assert.Null(longest.Prepend("x"u8));
        Assert.Null(longest.Prepend([]));
        foreach (var text in (string[])[$"{label}.{label}.{label}.{new string('b', 62)}.", $"{label}a.org.",
            $"{label}.{label}.{label}.{label}.{label}"])
            Assert.False(DnsName.TryParse(text, null, out _, out _));
        Assert.False(DnsName.TryParse($"{label}.{label}.{label}", longest, out _, out var error));
        Assert.Contains("255", error);
    }

    [Fact]
    public void A_name_written_beyond_the_room_leaves_no_trace()
    {
        Span<byte> buffer = stackalloc byte[64];
        for (var room = 0; room < 40; room++)
        {
            var writer = new DnsWriter(buffer) { Limit = room };
            var before = writer.Position;
            var written = writer.TryWriteName(DnsName.Parse("www.example.org").Wire);
            Assert.Equal(room >= 17, written);
            if (!written)
                writer.RewindTo(before);
            Assert.Equal(written ? 17 : 0, writer.Position);
        }
    }

    [Fact]
    public void The_root_has_no_parent_and_equals_itself_alone()
    {
        Assert.Null(DnsName.Root.Parent);
        Assert.False(DnsName.Root.Equals(null));
        Assert.Equal(DnsName.Root, DnsName.Parse("org").Parent);
        Assert.Throws<FormatException>(() => DnsName.Parse("a..b"));
        Assert.Null(DnsName.Root.Prepend(new byte[64]));
    }

    [Theory]
    [InlineData("C0", false)]
    [InlineData("03777777", false)]
    [InlineData("0377777700", true)]
    [InlineData("4061", false)]
    [InlineData("C000", false)]
    public void A_name_is_read_whole_or_not_at_all(string hex, bool read)
    {
        Span<byte> name = stackalloc byte[255];
        var reader = new DnsReader(Convert.FromHexString(hex));
        Assert.Equal(read, reader.TryReadName(name, out _));
    }

    [Fact]
    public void A_message_is_written_whole_or_its_record_is_left_out()
    {
        var owner = DnsName.Parse("www.example.org");
        var buffer = new byte[200];
        for (var room = 12; room < 100; room++)
        {
            var writer = new MessageWriter(buffer, 1, 0x8400);
            writer.Question(owner, RecordType.MX);
            writer.Limit = room;
            var before = writer.Length;
            byte[] data = [0, 10, .. DnsName.Parse("mail.example.org").Wire];
            if (!writer.TryAnswer(owner, RecordType.MX, 60, data))
            {
                Assert.Equal(before, writer.Length);
                continue;
            }

            Assert.True(writer.Length <= room);
            Assert.Equal(["www.example.org. 60 MX 10 mail.example.org."],
                Reply.Parse(buffer.AsSpan(0, writer.Length)).Answer);
        }
    }

    [Theory]
    [InlineData(41, true)]
    [InlineData(0, true)]
    [InlineData(128, true)]
    [InlineData(255, true)]
    [InlineData(127, false)]
    [InlineData(256, false)]
    public void Types_that_only_ask_are_told_from_those_that_are_stored(ushort type, bool meta) =>
        Assert.Equal(meta, RecordTypes.IsMeta((RecordType)type));
}
