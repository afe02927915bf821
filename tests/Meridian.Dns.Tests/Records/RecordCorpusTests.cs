using CsCheck;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Records;

/// <summary>
/// Data of every type that BIND, Knot and NSD all read: <c>Corpus/records.tsv</c> has the type, the data in master-file
/// form, and the octets as BIND writes them.
/// </summary>
public sealed class RecordCorpusTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");

    public static TheoryData<string, string, string> Records { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Corpus", "records.tsv"))
            .Select(l => l.Split('\t')).Select(f => (f[0], f[1], f[2]))];

    [Theory]
    [MemberData(nameof(Records))]
    public void Reads_each_type_as_people_write_it(string type, string text, string hex)
    {
        Assert.True(RecordTypes.TryParse(type, out var parsed));
        Assert.True(MasterToken.TrySplit(text, out var tokens, out var error), error);
        Assert.True(RDataParser.TryParse(parsed, tokens, Origin, strict: false, out var data, out error), error);

        Assert.Equal(hex, Convert.ToHexString(data));
        Assert.True(RDataFormat.IsValid(parsed, data));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Reads_each_type_as_BIND_does(string type, string text, string hex)
    {
        Assert.SkipUnless(Run.Has("named-rrchecker"), "named-rrchecker is not installed (bind9-utils)");

        var run = await Run.WithInputAsync(
            $"IN {type} {text}\n", Run.Find("named-rrchecker")!, "-o", "example.org.", "-u");

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith($"\\# {hex.Length / 2} {hex}".TrimEnd(), run.Output.Trim());
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Octets_that_are_cut_short_are_no_data_or_throw_nothing(string type, string text, string hex)
    {
        Assert.True(RecordTypes.TryParse(type, out var parsed), text);
        var octets = Convert.FromHexString(hex);
        for (var length = 0; length < octets.Length; length++)
        {
            if (RDataFormat.IsValid(parsed, octets.AsSpan(0, length)))
                CanonicalData.Of(parsed, octets[..length]);
        }
    }

    [Fact]
    public void Any_octets_are_data_or_not_and_throw_nothing() =>
        Gen.Select(Any.Of([.. Enum.GetValues<RecordType>()]), Gen.Byte[0, 4].Array[0, 40]).Sample((type, octets) =>
        {
            byte[] message = [(byte)(octets.Length >> 8), (byte)octets.Length, .. octets];
            var reader = new DnsReader(message);
            if (!RDataReader.TryRead(ref reader, type, out var data) || !RDataFormat.IsValid(type, data))
                return;
            var canonical = CanonicalData.Of(type, data);
            Assert.True(RDataFormat.IsValid(type, canonical));
            Assert.True(CanonicalData.ComparerOf(type).Equals(data, canonical)
                || RDataFormat.Of(type) is not { LastName: >= 0 });
        }, iter: 100_000);

    // RFC 3597 section 4: servers may compress names in these types, so that a transfer may hold them.
    [Theory]
    [InlineData(RecordType.MINFO, "C000" + "0161C000", "0161016200" + "01610161016200")]
    [InlineData(RecordType.RP, "C000" + "C000", "0161016200" + "0161016200")]
    [InlineData(RecordType.AFSDB, "0001" + "C000", "0001" + "0161016200")]
    [InlineData(RecordType.RT, "0001" + "C002", "0001" + "016200")]
    [InlineData(RecordType.KX, "0001" + "0163C002", "0001" + "0163016200")]
    [InlineData(RecordType.NAPTR, "00010002" + "0175" + "00" + "00" + "C000",
        "00010002" + "0175" + "00" + "00" + "0161016200")]
    public void Expands_compressed_names_of_every_type_that_may_have_them(RecordType type, string data, string expanded)
    {
        // The message begins with the name a.b, to which the pointers point.
        var octets = Convert.FromHexString(data);
        byte[] message = [.. Convert.FromHexString("0161016200"), 0, (byte)octets.Length, .. octets];
        var reader = new DnsReader(message);
        Assert.True(reader.TryReadBytes(5, out _));

        Assert.True(RDataReader.TryRead(ref reader, type, out var whole));
        Assert.Equal(expanded, Convert.ToHexString(whole));
        Assert.True(reader.AtEnd);
    }

    // RFC 4034 section 6.2 lists the types whose names are signed in lower case; LP and SVCB came later.
    [Theory]
    [InlineData("RP", "A.B. C.D.", "a.b. c.d.")]
    [InlineData("MINFO", "A. B.", "a. b.")]
    [InlineData("AFSDB", "1 A.", "1 a.")]
    [InlineData("RT", "1 A.", "1 a.")]
    [InlineData("KX", "1 A.", "1 a.")]
    [InlineData("NAPTR", "1 1 U S R A.", "1 1 U S R a.")]
    [InlineData("LP", "1 A.", "1 A.")]
    [InlineData("HTTPS", "1 A. alpn=h2", "1 A. alpn=h2")]
    public void Signs_names_in_lower_case_in_the_types_that_the_standard_lists(
        string type, string text, string canonical)
    {
        Assert.True(RecordTypes.TryParse(type, out var parsed));

        Assert.Equal(Read(parsed, canonical), CanonicalData.Of(parsed, Read(parsed, text)));
    }

    private static byte[] Read(RecordType type, string text)
    {
        Assert.True(MasterToken.TrySplit(text, out var tokens, out _));
        Assert.True(RDataParser.TryParse(type, tokens, Origin, strict: false, out var data, out var error), error);
        return data;
    }
}
