using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Records;

public sealed class RDataParserTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");

    [Theory]
    [InlineData("A", "192.0.2.1", "C0000201")]
    [InlineData("AAAA", "2001:db8::1", "20010DB8000000000000000000000001")]
    [InlineData("NS", "ns", "026E73076578616D706C65036F726700")]
    [InlineData("CNAME", "a.b.", "0161016200")]
    [InlineData("MX", "10 .", "000A00")]
    [InlineData("TXT", "\"a b\" c", "03612062" + "0163")]
    [InlineData("TXT", "\\065\\\"", "024122")]
    [InlineData("SRV", "1 2 3 .", "00010002000300")]
    [InlineData("CAA", "0 issue \"ca.example\"", "0005697373756563612E6578616D706C65")]
    [InlineData("NAPTR", "1 2 \"u\" \"E2U+sip\" \"!.*!sip:a!\" .",
        "00010002" + "0175" + "074532552B736970" + "0A212E2A217369703A6121" + "00")]
    [InlineData("DS", "1 8 2 AB CD", "00010802ABCD")]
    [InlineData("TLSA", "3 1 1 00ff", "03010100FF")]
    [InlineData("SSHFP", "4 2 0123", "04020123")]
    [InlineData("HTTPS", "1 . alpn=h2,h3 port=8443", "000100" + "000100060268320268" + "33" + "000300" + "0220FB")]
    [InlineData("HTTPS", "1 . ipv4hint=192.0.2.1 alpn=\"h2\"", "000100" + "00010003026832" + "00040004C0000201")]
    [InlineData("HTTPS", "0 svc.", "00000373766300")]
    [InlineData("SVCB", "1 . mandatory=alpn alpn=h2", "000100" + "000000020001" + "00010003026832")]
    [InlineData("SOA", "a. b. 1 1h 2 1d 4",
        "016100" + "016200" + "00000001" + "00000E10" + "00000002" + "00015180" + "00000004")]
    [InlineData("HINFO", "PC Linux", "025043054C696E7578")]
    [InlineData("TYPE65280", "\\# 3 01 0203", "010203")]
    [InlineData("A", "\\# 4 C0000201", "C0000201")]
    public void Reads_data_into_octets(string type, string text, string hex)
    {
        Assert.True(Parse(type, text, out var data, out var error), error);
        Assert.Equal(hex, Convert.ToHexString(data!));
    }

    [Theory]
    [InlineData("A", "192.0.2", "is not an IPv4 address")]
    [InlineData("A", "2001:db8::1", "is not an IPv4 address")]
    [InlineData("A", "192.0.2.010", "is not an IPv4 address")]
    [InlineData("A", "3221225985", "is not an IPv4 address")]
    [InlineData("A", "0xC0.0.2.1", "is not an IPv4 address")]
    [InlineData("A", "0300.0.2.1", "is not an IPv4 address")]
    [InlineData("AAAA", "[2001:db8::1]:53", "is not an IPv6 address")]
    [InlineData("AAAA", "fe80::1%0", "is not an IPv6 address")]
    [InlineData("HTTPS", "1 . ipv4hint=192.0.2.010", "ipv4hint")]
    [InlineData("HTTPS", "1 . ipv4hint=1", "ipv4hint")]
    [InlineData("HTTPS", "1 . ipv6hint=[2001:db8::1]:53", "ipv6hint")]
    [InlineData("AAAA", "192.0.2.1", "is not an IPv6 address")]
    [InlineData("MX", "mail", "is not a preference")]
    [InlineData("MX", "10", "an exchange is missing")]
    [InlineData("A", "192.0.2.1 extra", "`extra` is too much")]
    [InlineData("CAA", "0 is-sue x", "is not a tag")]
    [InlineData("DS", "1 8 2 ABC", "pairs of hexadecimal digits")]
    [InlineData("HTTPS", "1 . alpn=h2 alpn=h3", "given twice")]
    [InlineData("HTTPS", "1 . nosuch=1", "is not a service parameter")]
    [InlineData("HTTPS", "1 . mandatory=port", "mandatory")]
    [InlineData("HTTPS", "1 . no-default-alpn", "needs `alpn`")]
    [InlineData("TYPE65280", "\\# 3 01", "the length is 3 and there are 1 octets")]
    [InlineData("NS", "\\# 2 0161", "not valid data of this type")]
    [InlineData("TYPE65280", "01", "RFC 3597")]
    [InlineData("RRSIG", "A 13 2 300 1 1 1 a. AQID", "the server, which signs a zone with `dnssec`")]
    [InlineData("DS", "1 RSASHA257 2 AB", "or a word such as")]
    [InlineData("LOC", "52 S 113 30.5 E 10", "`30.5` is not part of a longitude")]
    [InlineData("LOC", "91 S 113 E 10", "90 degrees at most")]
    [InlineData("LOC", "52 E 113 E 10", "ends in N or S")]
    [InlineData("LOC", "N 113 E 10", "ends in N or S")]
    [InlineData("LOC", "52 S 113 E", "an altitude is missing")]
    [InlineData("LOC", "52 S 113 E 1e3m", "an altitude in metres")]
    [InlineData("LOC", "52 S 113 E -100001m", "metres are possible")]
    [InlineData("APL", "1:192.0.2.0", "is not a network")]
    [InlineData("APL", "2:192.0.2.0/24", "is not a network")]
    [InlineData("APL", "1:192.0.2.0/33", "is not a network")]
    [InlineData("IPSECKEY", "10 4 2 . AQID", "gateway type is 0")]
    [InlineData("IPSECKEY", "10 0 2 192.0.2.1 AQID", "the gateway is `.`")]
    [InlineData("IPSECKEY", "10 1 2 gw. AQID", "an IPv4 gateway")]
    [InlineData("NID", "10 14:4fff:ff20", "four hexadecimal numbers")]
    [InlineData("L64", "10 2001:db8::1", "four hexadecimal numbers")]
    [InlineData("EUI48", "00:00:5e:00:53:2a", "pairs of hexadecimal digits")]
    [InlineData("NSEC3PARAM", "1 0 12 ABC", "`-` for none")]
    [InlineData("CSYNC", "66 3 A NOPE", "`NOPE` is not a record type")]
    [InlineData("CERT", "PKI 0 0 AQID", "or a word such as")]
    [InlineData("RP", "\\# 3 016100", "not valid data of this type")]
    [InlineData("APL", "\\# 4 00011804", "not valid data of this type")]
    public void Says_what_is_wrong(string type, string text, string message)
    {
        Assert.False(Parse(type, text, out _, out var error));
        Assert.Contains(message, error);
    }

    [Fact]
    public void Wants_a_closing_dot_where_people_forget_it()
    {
        Assert.True(RecordTypes.TryParse("CNAME", out var type));
        Assert.False(RDataParser.TryParse(type, Split("www.example.net"), Origin, strict: true, out _,
            out var error));
        Assert.Contains("write `www.example.net.`", error);
        Assert.True(RDataParser.TryParse(type, Split("www"), Origin, strict: true, out _, out _));
    }

    private static bool Parse(string type, string text, out byte[]? data, out string? error)
    {
        Assert.True(RecordTypes.TryParse(type, out var parsed));
        return RDataParser.TryParse(parsed, Split(text), Origin, strict: false, out data, out error);
    }

    private static ImmutableArray<MasterToken> Split(string text)
    {
        Assert.True(MasterToken.TrySplit(text, out var tokens, out var error), error);
        return tokens;
    }
}
