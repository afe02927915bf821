namespace Meridian.Model.Tests.Validation;

public sealed class ZoneRulesTests
{
    private const string Servers = "nameServers: [{name: ns.example.net}]";

    [Theory]
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.net}]}")]
    [InlineData("{origin: a.inner.example.org, nameServers: [{name: ns.example.net}]}")] // zones may be nested
    [InlineData("{origin: example.com, file: example.zone}")]
    [InlineData("{origin: example.com, primaries: [{address: 192.0.2.1}]}")]
    [InlineData("{origin: example.com, records: [{name: \"@\", type: ns, data: [ns.example.net.]}]}")]
    [InlineData("{origin: example.com, nameServers: [{name: ns1.example.com, addresses: [192.0.2.1]}]}")]
    [InlineData("{origin: example.com, nameServers: [{name: ns1.example.com}], file: example.zone}")]
    [InlineData("{origin: example.com, nameServers: [{name: ns1.example.com}], records: [{name: ns1, type: A, data: " +
        "[192.0.2.1]}]}")]
    [InlineData("{origin: example.com, nameServers: [{name: ns.badexample.com}]}")] // ends alike, and is outside
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.net}], soa: {primary: ns.example.net, " +
        "contact: hostmaster.example.com}}")]
    [InlineData("{origin: 0/25.2.0.192.in-addr.arpa, nameServers: [{name: ns.example.net}]}")] // RFC 2317
    [InlineData("{origin: \".\", file: root.zone}")]
    [InlineData("{origin: \".\", nameServers: [{name: ns.example.net, addresses: [192.0.2.53]}], " +
        "records: [{name: com, type: NS, data: [a.]}]}")]
    [InlineData("{origin: 'a\\.b.example', nameServers: [{name: ns.example.net}]}")]
    [InlineData("{origin: -a.example.com, nameServers: [{name: ns.example.net}], " +
        "soa: {primary: \".\", contact: 'john\\.doe.example.com'}}")]
    public void A_sound_zone(string spec) => RuleCheck.IsSound("Zone", spec);

    [Theory]
    [InlineData("{origin: \"a b\", file: x}", "\"a b\"",
        "`a b`: the name has a blank; in a name it is written as `\\032`")]
    [InlineData("{origin: \"*.example.com\", file: x}", "\"*",
        "`*.example.com` is the name of a wildcard, which cannot be a zone")]
    [InlineData("{origin: \"*\", file: x}", "\"*", "`*` is the name of a wildcard, which cannot be a zone")]
    [InlineData("{origin: example.com, file: x, update: [{key: other}]}", "other", "there is no TsigKey named `other`")]
    [InlineData("{origin: \".\", file: x, delegation: {}}", "{}", "the root has no parent zone to be told")]
    [InlineData("{origin: EXAMPLE.org., nameServers: [{name: ns.example.net}]}", "EXAMPLE",
        "the origin `example.org` already belongs to Zone `z`")]
    [InlineData("{origin: example.com}", "example.com",
        "the zone has no name server: give `nameServers`, or a `file` with NS records")]
    [InlineData("{origin: example.com, records: [{name: www, type: NS, data: [ns.example.net.]}]}", "example.com",
        "the zone has no name server: give `nameServers`, or a `file` with NS records")]
    [InlineData("{origin: example.com, records: [{name: \"@\", type: TXT, data: [x]}]}", "example.com",
        "the zone has no name server: give `nameServers`, or a `file` with NS records")]
    [InlineData("{origin: example.com, nameServers: [{name: \"*.example.net\"}]}", "\"*.example.net\"",
        "`*.example.net`: `*` is not allowed here")]
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.net, addresses: [192.0.2.1, 192.0.2]}]}",
        "192.0.2]", "`192.0.2`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.com}]}", "ns.example.com",
        "`ns.example.com` is inside the zone, so its `addresses` are needed")]
    [InlineData("{origin: example.com, nameServers: [{name: example.com}]}", "example.com}",
        "`example.com` is inside the zone, so its `addresses` are needed")]
    [InlineData("{origin: example.com, nameServers: [{name: ns1.example.com}], records: [{name: ns2, type: A, data: " +
        "[192.0.2.1]}]}",
        "ns1", "`ns1.example.com` is inside the zone, so its `addresses` are needed")]
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.net}], soa: {primary: a..b}}", "a..b",
        "`a..b`: the name has an empty label (two dots in a row, or one at the start)")]
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.net}], soa: {contact: " +
        "root@example.com}}", "root",
        "`root@example.com`: write the mailbox with a dot for the `@`: root.example.com")]
    [InlineData("{origin: example.com, nameServers: [{name: ns.example.net}], soa: {contact: a;b}}", "a;b",
        "`a;b`: the name has a `;`; in a name it is written as `\\059`")]
    public void A_fault_of_the_zone_itself(string spec, string at, string message) =>
        RuleCheck.HasFault("Zone", spec, at, message);

    [Theory]
    [InlineData("{name: \"@\", type: TXT, data: [a, b]}, {name: \"*\", type: A, data: [192.0.2.1]}")]
    [InlineData("{name: a.example.com., type: A, data: [192.0.2.1]}, {name: a, type: TXT, data: [x]}")]
    [InlineData("{name: a, type: CNAME, data: [b]}, {name: b, type: A, data: [192.0.2.1]}")]
    [InlineData("{name: \"*.a\", type: A, data: [192.0.2.1]}, {name: _sip._tcp, type: SRV, data: [0 0 1 a]}")]
    [InlineData("{name: 0/25, type: NS, data: [ns.example.net.]}, {name: \"1\", type: CNAME, data: [1.0/25]}")]
    [InlineData("{name: -a, type: A, data: [192.0.2.1]}, {name: 'a\\032b', type: A, data: [192.0.2.1]}")]
    [InlineData("{name: 'a\\.example.com', type: A, data: [192.0.2.1]}, {name: a, type: A, data: [192.0.2.1]}")]
    public void Sound_records(string records) => RuleCheck.IsSound("Zone", WithRecords(records));

    [Theory]
    [InlineData("{name: a b, type: A, data: [x]}", "a b",
        "`a b`: the name has a blank; in a name it is written as `\\032`")]
    [InlineData("{name: 'a\\300', type: A, data: [x]}", "'a", "`a\\300`: the name has a wrong escape: a backslash " +
        "stands before a character, or before three digits up to 255")]
    [InlineData("{name: 'x\\.example.com.', type: A, data: [x]}", "'x",
        "`x\\.example.com.` is outside the zone `example.com`")]
    [InlineData("{name: a.example.net., type: A, data: [x]}", "a.example.net.",
        "`a.example.net.` is outside the zone `example.com`")]
    [InlineData("{name: a, type: A, data: []}", "[]", "`data` holds no record")]
    [InlineData("{name: a, type: A, data: [x]}, {name: A.example.com., type: a, data: [y]}", "A.example.com.",
        "`a.example.com` A is given twice; put all data into one entry")]
    [InlineData("{name: \"@\", type: cname, data: [x]}", "cname",
        "a CNAME cannot stand at the zone's origin, beside its SOA and NS")]
    [InlineData("{name: a, type: CNAME, data: [x]}, {name: a, type: TXT, data: [y]}", "CNAME",
        "`a.example.com` has a CNAME and other data; a CNAME stands alone (RFC 1034 section 3.6.2)")]
    [InlineData("{name: a, type: TXT, data: [y]}, {name: a, type: CNAME, data: [x]}", "CNAME",
        "`a.example.com` has a CNAME and other data; a CNAME stands alone (RFC 1034 section 3.6.2)")]
    [InlineData("{name: a, type: CNAME, data: [x, y]}", "[x, y]",
        "`a.example.com` has 2 CNAMEs; there can be only one")]
    [InlineData("{name: a, type: CNAME, data: [x]}, {name: a, type: cname, data: [y]}", "a, type: cname",
        "`a.example.com` CNAME is given twice; put all data into one entry")]
    public void A_fault_of_a_record(string records, string at, string message) =>
        RuleCheck.HasFault("Zone", WithRecords(records), at, message);

    [Theory]
    [InlineData("transfer: [{key: key}], update: [{key: key, networks: [10.0.0.0/8]}], notify: [{address: 192.0.2.1}]")]
    [InlineData("transfer: [{networks: [0.0.0.0/0, \"::/0\"]}], notify: [{address: \"[2001:db8::1]:5353\", key: key}]")]
    public void Sound_exchange_with_others(string fields) =>
        RuleCheck.IsSound("Zone", $"{{origin: example.com, {Servers}, {fields}}}");

    [Theory]
    [InlineData("transfer: [{}]", "{}",
        "the rule allows everybody: give a `key`, or `networks` (`0.0.0.0/0` and `::/0` for everybody)")]
    [InlineData("update: [{key: kay}]", "kay", "there is no TsigKey named `kay`; did you mean `key`?")]
    [InlineData("transfer: [{key: kay}]", "kay", "there is no TsigKey named `kay`; did you mean `key`?")]
    [InlineData("transfer: [{networks: [10.0.0.0/8, 10.0.0.0]}]", "10.0.0.0]",
        "`10.0.0.0` is not a network such as 198.51.100.0/24")]
    [InlineData("transfer: [{networks: [10.010.0.0/16]}]", "10.010.0.0/16",
        "`10.010.0.0/16` is not a network such as 198.51.100.0/24")]
    [InlineData("transfer: [{networks: [10.0.0.1/8]}]", "10.0.0.1/8",
        "`10.0.0.1/8` has bits set beyond the prefix length; write 10.0.0.0/8")]
    [InlineData("update: [{networks: [10.0.0.0/8]}]", "{networks",
        "a rule for updates needs a `key`: an address alone can be forged")]
    [InlineData("notify: [{address: ns.example.net}]", "ns.example.net",
        "`ns.example.net` is not an IP address, with or without a port")]
    [InlineData("notify: [{address: 192.0.2.1, key: kay}]", "kay", "there is no TsigKey named `kay`; did you mean " +
        "`key`?")]
    [InlineData("notify: [{address: 192.0.2.1, tlsName: ns.example.net}]", "ns.example.net",
        "a NOTIFY goes over UDP; `tlsName` is for `primaries`")]
    [InlineData("primaries: [{address: 192.0.2.1, tlsName: ns.example.net}], file: a.zone", "a.zone",
        "the zone has `primaries`, so its records come from there and not from a `file`")]
    [InlineData("primaries: [{address: 192.0.2.256}]", "192.0.2.256",
        "`192.0.2.256` is not an IP address, with or without a port")]
    [InlineData("primaries: [{address: 192.0.2.1}], records: [{name: a, type: A, data: [x]}]", "[{name: a",
        "the zone has `primaries`, so its records come from there; only steered names are added to them")]
    [InlineData("primaries: [{address: 192.0.2.1}], update: [{key: key}]", "[{key",
        "the zone has `primaries`: send updates to them")]
    public void A_fault_in_the_exchange_with_others(string fields, string at, string message) =>
        RuleCheck.HasFault("Zone", $"{{origin: example.com, {Servers}, {fields}}}", at, message);

    [Theory]
    [InlineData("ttl: 24855d", "soa: {serial: 4294967295, refresh: 1s, retry: 1s, expire: 1s, negativeTtl: 1d}")]
    [InlineData("ttl: 0s", "soa: {serial: 0, negativeTtl: 0s}")]
    public void Numbers_reach_both_bounds(string ttl, string soa) =>
        RuleCheck.IsSound("Zone", $"{{origin: example.com, {Servers}, {ttl}, {soa}}}");

    [Fact]
    public void Of_three_zones_with_one_origin_the_first_has_it()
    {
        var text = string.Concat(new[] { "c", "b", "a" }.Select(n =>
            $"---\napiVersion: meridian.dev/v1alpha1\nkind: Zone\nmetadata: {{name: {n}}}\nspec: {{origin: " +
            $"example.com, {Servers}}}\n"));

        Assert.Equal(2, ConfigurationReader.ReadText("f.yaml", text).Faults
            .Count(f => f.Message == "the origin `example.com` already belongs to Zone `c`"));
    }

    [Fact]
    public void Of_two_CNAMEs_beside_other_data_the_first_one_is_named()
    {
        const string Text = $$"""
            apiVersion: meridian.dev/v1alpha1
            kind: Zone
            metadata: {name: z}
            spec:
              origin: example.com
              {{Servers}}
              records:
              - {name: a, type: TXT, data: [x]}
              - {name: a, type: CNAME, data: [b]}
              - {name: a, type: CNAME, data: [c]}
            """;

        var fault = ConfigurationReader.ReadText("f.yaml", Text).Faults
            .Single(f => f.Message.StartsWith("`a.example.com` has a CNAME and other data", StringComparison.Ordinal));

        Assert.Equal(9, fault.Where.Line);
    }

    private static string WithRecords(string records) => $"{{origin: example.com, {Servers}, records: [{records}]}}";
}
