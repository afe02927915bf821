using CsCheck;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Zones;

public sealed class MasterFileTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly int Seconds = int.TryParse(Environment.GetEnvironmentVariable("MERIDIAN_FUZZ_SECONDS"),
        out var s) ? s : 3;

    [Fact]
    public void Reads_origins_times_owners_and_parentheses()
    {
        const string text = """
            $ORIGIN example.org.
            $TTL 1h
            @   IN SOA ns1 hostmaster (
                    2026 ; serial
                    1h 10m 2w 30 )
                NS  ns1
            ns1 300 IN A 192.0.2.1
                IN 600 AAAA 2001:db8::1
            $ORIGIN deep
            host A 192.0.2.2
            a\.b TXT "semi;colon" ( "two"
               "three" )
            """;

        var (records, faults) = MasterFile.Read("f", text, Origin, _ => null);

        Assert.Empty(faults);
        Assert.Equal(
            ["example.org. SOA 3600", "example.org. NS 3600", "ns1.example.org. A 300", "ns1.example.org. AAAA 600",
             "host.deep.example.org. A 3600", "a\\.b.deep.example.org. TXT 3600"],
            records.Select(r => $"{r.Owner} {r.Type} {r.Ttl}"));
        Assert.Equal("0A73656D693B636F6C6F6E0374776F057468726565", Convert.ToHexString(records[^1].Data));
    }

    [Fact]
    public void Includes_files_with_their_own_origin()
    {
        var (records, faults) = MasterFile.Read("/zones/main.zone", "$TTL 60\n$INCLUDE sub.zone sub\nb A 192.0.2.2\n",
            Origin,
            path => path == "/zones/sub.zone" ? "a A 192.0.2.1\n" : null);

        Assert.Empty(faults);
        Assert.Equal(["a.sub.example.org.", "b.example.org."], records.Select(r => r.Owner.ToString()));
    }

    [Fact]
    public void Ends_a_file_that_includes_itself()
    {
        var (_, faults) = MasterFile.Read("self.zone", "$INCLUDE self.zone\n", Origin, _ => "$INCLUDE self.zone\n");

        Assert.Contains("does a file include itself?", Assert.Single(faults).Message);
    }

    [Fact]
    public void Names_the_line_of_every_fault()
    {
        const string text = """
            $TTL 60
            a A 192.0.2.1
            b A nonsense
            c NOTYPE x
            d CH TXT x
            $NOSUCH 1-2 x A 1.2.3.4
            e TXT "no end
            f A 192.0.2.2
            """;

        var (records, faults) = MasterFile.Read("f", text, Origin, _ => null);

        Assert.Equal([3, 4, 5, 6, 7], faults.Select(f => f.Line));
        Assert.Equal(2, records.Length);
    }

    [Fact]
    public void Reads_the_class_as_a_number()
    {
        var (records, faults) = MasterFile.Read(
            "f", "a 60 CLASS1 A 192.0.2.1\na CLASS1 60 A 192.0.2.2\na 60 CLASS3 TXT x\n", Origin, _ => null);

        Assert.Equal(2, records.Length);
        Assert.Equal("class CLASS3 is not supported; only IN is", Assert.Single(faults).Message);
    }

    [Fact]
    public void Reads_a_file_that_was_signed_elsewhere_without_its_signatures()
    {
        const string text = """
            $TTL 60
            @ SOA ns root 1 2 3 4 5
            @ RRSIG SOA 13 2 60 20300101000000 20200101000000 1 example.org. AAAA
            @ NS ns
            @ DNSKEY 257 3 13 AAAA
            @ NSEC3PARAM 1 0 0 -
            @ CDS 0 0 0 00
            @ ZONEMD 1 1 1 AAAAAAAAAAAAAAAAAAAAAAAA
            ns A 192.0.2.1
            ns NSEC @ A RRSIG NSEC
            abcdefgh NSEC3 1 0 0 - abcdefgi A RRSIG
            """;

        var content = MasterFile.Read("f", text, Origin, _ => null);

        Assert.Empty(content.Faults);
        Assert.Equal([RecordType.SOA, RecordType.NS, RecordType.A], content.Records.Select(r => r.Type));
        var warning = Assert.Single(content.Warnings);
        Assert.Equal(3, warning.Line);
        Assert.StartsWith("the zone was signed elsewhere: 7 records", warning.Message);
    }

    [Fact]
    public void Keeps_the_keys_of_a_file_without_signatures()
    {
        var content = MasterFile.Read("f", "@ 60 DNSKEY 257 3 13 AAAA\n", Origin, _ => null);

        Assert.Equal(RecordType.DNSKEY, Assert.Single(content.Records).Type);
        Assert.Empty(content.Warnings);
    }

    // RFC 2181 section 8; BIND does the same.
    [Theory]
    [InlineData("a 2147483647 A 192.0.2.1\n", 2147483647, 0)]
    [InlineData("a 2147483648 A 192.0.2.1\n", 0, 1)]
    [InlineData("a 4294967295 A 192.0.2.1\n", 0, 1)]
    [InlineData("a 5000w A 192.0.2.1\n", 0, 1)]
    [InlineData("$TTL 4294967295\na A 192.0.2.1\n", 0, 1)]
    public void Counts_a_time_to_live_beyond_31_bits_as_0_and_says_so(string text, uint ttl, int warnings)
    {
        var content = MasterFile.Read("f", text, Origin, _ => null);

        Assert.Empty(content.Faults);
        Assert.Equal(ttl, Assert.Single(content.Records).Ttl);
        Assert.Equal(warnings, content.Warnings.Length);
    }

    [Theory]
    [InlineData("a 300 600 A 192.0.2.1", "the time to live is given twice")]
    [InlineData("a IN IN A 192.0.2.1", "the class is given twice")]
    [InlineData("a 1y A 192.0.2.1", "`1y` is neither a time to live")]
    [InlineData("a 4294967296 A 192.0.2.1", "`4294967296` is neither a time to live")]
    [InlineData("a 60 \"A\" 192.0.2.1", "the text \"A\" stands where the record type is wanted")]
    [InlineData("a 60 AXFR x", "`AXFR` is for questions")]
    [InlineData("a 60 A,NS x", "`A,NS` is not a record type")]
    [InlineData("a 60 A 192.0.2.1\n b 60 A 192.0.2.1", "the line begins with a space, so it is about a.example.org.")]
    [InlineData("a 60 A 192.0.2.010", "without leading zeros")]
    [InlineData("a 60 TXT \\300", "`\\300` has a wrong escape")]
    [InlineData("a 60 TXT", "a text is missing")]
    [InlineData("a 60", "the record type is missing")]
    public void Names_the_fault_that_it_is(string text, string message)
    {
        var (_, faults) = MasterFile.Read("f", text + "\n", Origin, _ => null);

        Assert.Contains(message, Assert.Single(faults).Message);
    }

    // RFC 2181 section 11: a name and a text are octets. The file is in Latin-1 in one line and in UTF-8 in the next.
    [Fact]
    public void Octets_above_127_in_names_and_texts_stand_for_themselves()
    {
        byte[] file = [.. "b\u00FCr 60 TXT \u00E9\n"u8.ToArray()[..1], 0xFC, .. "r 60 TXT \""u8, 0xE9, .. "\"\n"u8,
            .. "b\u00FCr 60 NS b\u00FCr\n"u8];
        var (records, faults) = MasterFile.Read("f", MasterFile.TextOf(file), Origin, _ => null);

        Assert.Empty(faults);
        Assert.Equal(["b\\252r.example.org.", "b\\195\\188r.example.org."], records.Select(r => r.Owner.ToString()));
        Assert.Equal([1, 0xE9], records[0].Data);
        Assert.Equal("04" + "62C3BC72" + "076578616D706C65036F726700", Convert.ToHexString(records[1].Data));
    }

    [Fact]
    public void A_mark_of_UTF_8_at_the_start_of_a_file_is_passed_over()
    {
        var (records, _) = MasterFile.Read(
            "f", MasterFile.TextOf([0xEF, 0xBB, 0xBF, .. "a 60 A 192.0.2.1\n"u8]), Origin, _ => null);

        Assert.Equal("a.example.org.", Assert.Single(records).Owner.ToString());
    }

    [Fact]
    public void Shows_what_is_wrong_as_text_without_control_characters()
    {
        var (_, faults) = MasterFile.Read(
            "f", MasterFile.TextOf([.. "a 60 A \"b\u00FC"u8, 0x1B, .. "[31m\"\n"u8]), Origin, _ => null);

        Assert.Equal("A: `b\u00FC\u00B7[31m` is not an IPv4 address", Assert.Single(faults).Message);
    }

    [Fact]
    public void Wants_a_time_to_live_from_somewhere()
    {
        var (_, faults) = MasterFile.Read("f", "a A 192.0.2.1\n", Origin, _ => null);

        Assert.Contains("no $TTL", Assert.Single(faults).Message);
    }

    [Fact]
    public void Any_text_costs_a_bounded_amount_and_throws_nothing() =>
        Gen.OneOf(
            Gen.String[Gen.OneOf(Gen.Char[" \t\n\"();\\$@.0123456789aA*"], Gen.Char), 0, 300],
            from a in Gen.String[Gen.Char["ab@. "], 0, 10]
            from type in Any.Of("A", "TXT", "SOA", "HTTPS", "NAPTR", "TYPE9", "CAA", "LOC", "APL", "IPSECKEY", "CERT",
                "CSYNC", "NSEC3PARAM", "EUI48", "L64", "URI", "$TTL", "$ORIGIN", "$INCLUDE")
            from rest in Gen.String[Gen.Char["a1.\\\"( )=,;\n"], 0, 40]
            select $"{a} 60 {type} {rest}")
        .Sample(text =>
        {
            var (records, _) = MasterFile.Read("f", text, Origin, _ => null);
            var builder = new ZoneBuilder(Origin);
            foreach (var record in records)
                builder.Add(record);
            builder.Build(out _);
        }, time: Seconds);

    [Fact]
    public void Records_written_in_generic_form_read_back_the_same() =>
        Gen.Select(Gen.UShort[256, 65279], Gen.Byte.Array[0, 100]).Sample((type, data) =>
        {
            if (type == (ushort)RecordType.CAA)
                return;
            var text = $"x 60 TYPE{type} \\# {data.Length} {Convert.ToHexString(data)}\n";
            var (records, faults) = MasterFile.Read("f", text, Origin, _ => null);
            Assert.Empty(faults);
            Assert.Equal(data, Assert.Single(records).Data);
        });

    [Fact]
    public void Names_written_in_master_file_form_read_back_the_same() =>
        Gen.Byte.Array[1, 63].Array[0, 3].Sample(labels =>
        {
            byte[] wire = [.. labels.SelectMany(l => (byte[])[(byte)l.Length, .. l]), 0];
            var name = DnsName.FromWire(wire);
            Assert.True(DnsName.TryParse(name.ToString(), null, out var again, out var error), error);
            Assert.Equal(wire, again.Wire.ToArray());
        });

    [Fact]
    public void Kept_inputs_throw_nothing()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", "zones"));
        Assert.NotEmpty(files);
        foreach (var file in files)
            MasterFile.Read(file, File.ReadAllText(file), Origin, p => File.Exists(p) ? File.ReadAllText(p) : null);
    }
}
