using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Wire;

/// <summary>
/// The numbers of the IANA registry "Domain Name System (DNS) Parameters", written down a second time.
/// </summary>
public sealed class NumberTests
{
    private const string Types = """
        1 A, 2 NS, 5 CNAME, 6 SOA, 12 PTR, 13 HINFO, 14 MINFO, 15 MX, 16 TXT, 17 RP, 18 AFSDB, 21 RT, 25 KEY, 28 AAAA,
        29 LOC, 33 SRV, 35 NAPTR, 36 KX, 37 CERT, 39 DNAME, 41 OPT, 42 APL, 43 DS, 44 SSHFP, 45 IPSECKEY, 46 RRSIG,
        47 NSEC, 48 DNSKEY, 49 DHCID, 50 NSEC3, 51 NSEC3PARAM, 52 TLSA, 53 SMIMEA, 59 CDS, 60 CDNSKEY, 61 OPENPGPKEY,
        62 CSYNC, 63 ZONEMD, 64 SVCB, 65 HTTPS, 99 SPF, 104 NID, 105 L32, 106 L64, 107 LP, 108 EUI48, 109 EUI64,
        128 NXNAME, 250 TSIG, 251 IXFR, 252 AXFR, 253 MAILB, 254 MAILA, 255 ANY, 256 URI, 257 CAA
        """;

    [Fact]
    public void Record_types_have_their_numbers() => AssertNumbers<RecordType>(Types);

    [Fact]
    public void Types_that_only_a_message_has_are_none_that_a_zone_may_name()
    {
        Assert.Equal(["A", "CNAME", "NS"], RecordTypes.Names.Intersect(["A", "NS", "CNAME"]).Order());
        Assert.Empty(RecordTypes.Names.Intersect(["OPT", "TSIG", "IXFR", "AXFR", "ANY", "MAILB", "MAILA"]));
    }

    [Fact]
    public void Types_that_hold_only_with_their_signatures_are_those_of_a_signer() => Assert.Equal(
        ["CDNSKEY", "CDS", "DNSKEY", "NSEC", "NSEC3", "NSEC3PARAM", "RRSIG", "ZONEMD"],
        Enum.GetValues<RecordType>().Where(RecordTypes.IsOfSigning).Select(t => $"{t}").Order());

    [Fact]
    public void Response_codes_have_their_numbers() => AssertNumbers<ResponseCode>("""
        0 NoError, 1 FormErr, 2 ServFail, 3 NXDomain, 4 NotImp, 5 Refused, 6 YXDomain, 7 YXRRSet, 8 NXRRSet, 9 NotAuth,
        10 NotZone, 16 BadVers
        """);

    [Fact]
    public void Options_have_their_numbers() =>
        AssertNumbers<EdnsOption>("3 Nsid, 8 ClientSubnet, 10 Cookie, 11 TcpKeepalive, 15 ExtendedError");

    [Fact]
    public void Extended_errors_have_their_numbers() => AssertNumbers<ExtendedError>("""
        0 Other, 3 StaleAnswer, 14 NotReady, 18 Prohibited, 20 NotAuthoritative, 21 NotSupported, 24 InvalidData
        """);

    [Fact]
    public void Operations_have_their_numbers() => AssertNumbers<OpCode>("0 Query, 4 Notify, 5 Update");

    // What the registry does not have is none on the wire either: None.
    private static void AssertNumbers<T>(string table) where T : struct, Enum
    {
        var expected = table.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var actual = Enum.GetValues<T>().Where(v => $"{v}" != "None").Select(v => $"{v:D} {v}");
        Assert.Equal(expected.Order(), actual.Order());
    }
}
