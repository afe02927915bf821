using CsCheck;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
using Meridian.Steering;

namespace Meridian.NameServer.Tests;

public sealed class ZoneCompilerTests
{
    [Theory]
    [InlineData("{name: www, type: A, data: [192.0.2]}",
        "6:13: error: record `www`: A: `192.0.2` is not an IPv4 address")]
    [InlineData("{name: www, type: CNAME, data: [www.example.net]}", "write `www.example.net.`")]
    [InlineData("{name: www, type: NOTYPE, data: [x]}", "`NOTYPE` is not a record type")]
    [InlineData("{name: www, type: MXX, data: [x]}", "did you mean `MX`?")]
    [InlineData("{name: www, type: MX, data: [\"10\"]}", "an exchange is missing")]
    [InlineData("{name: www, type: TXT, data: [\"v=DMARC1; p=none\"]}", "put a text with it into double quotes")]
    [InlineData("{name: www, type: TXT, data: ['\"a']}", "a quoted text has no end")]
    [InlineData("{name: www, type: RRSIG, data: [x]}", "the server, which signs a zone with `dnssec`")]
    public void Says_what_is_wrong_with_a_record_and_where(string record, string message) =>
        Assert.Contains(message, Check($"  records: [{record}]\n")[0].ToString());

    [Fact]
    public void Reads_a_master_file_and_says_where_it_is_wrong()
    {
        Assert.Empty(Check("  file: z.zone\n", "$TTL 60\nwww A 192.0.2.1\n"));
        Assert.Contains("z.zone:2:1: error: A: `nonsense`",
            Check("  file: z.zone\n", "$TTL 60\nwww A nonsense\n")[0].ToString());
        Assert.Contains("cannot be read", Check("  file: z.zone\n", null)[0].Message);
    }

    [Fact]
    public void A_text_of_a_resource_is_served_as_UTF_8()
    {
        var served = new Served(Example("example.org", "[{name: www, type: TXT, data: [\"gr\u00FC\u00DFe\"]}]"));

        var set = served.Zones.Zones.Single().Find(DnsName.Parse("www.example.org").Canonical)!.Find(RecordType.TXT)!;
        Assert.Equal([7, .. "gr\u00FC\u00DFe"u8], Assert.Single(set.Data));
    }

    [Theory]
    [InlineData("0/25.2.0.192.in-addr.arpa", "{name: \"1\", type: PTR, data: [a.example.net.]}",
        "1.0/25.2.0.192.in-addr.arpa", RecordType.PTR)] // RFC 2317
    [InlineData("2.0.192.in-addr.arpa", "{name: 0/25, type: NS, data: [ns.example.net.]}", "0/25.2.0.192.in-addr.arpa",
        RecordType.NS)]
    [InlineData(".", "{name: com, type: NS, data: [a.gtld-servers.net.]}", "com", RecordType.NS)]
    [InlineData("a\\\\.b.example", "{name: 'x\\032y', type: A, data: [192.0.2.1]}", "x\\032y.a\\.b.example",
        RecordType.A)]
    [InlineData("-x.example", "{name: -y, type: A, data: [192.0.2.1]}", "-y.-x.example", RecordType.A)]
    public void Names_of_zones_and_records_are_names_and_not_host_names(string origin, string record, string name,
        RecordType type)
    {
        var served = new Served(Example(origin, $"[{record}]"));

        var zone = served.Zones.Zones.Single();
        Assert.Equal(DnsName.Parse(origin.Replace("\\\\", "\\")), zone.Origin);
        Assert.NotNull(zone.Find(DnsName.Parse(name).Canonical)!.Find(type));
        Assert.Contains("hostmaster",
            DnsName.FromWire(zone.Soa.Data[0].AsSpan("ns.example.net".Length + 2)[..^20]).ToString());
    }

    [Fact]
    public void Warns_of_a_master_file_that_was_signed_elsewhere()
    {
        var found = Check("  file: z.zone\n",
            "$TTL 60\nwww A 192.0.2.1\nwww RRSIG A 13 3 60 1 1 1 example.org. AAAA\n");

        Assert.EndsWith("z.zone:3:1: warning: the zone was signed elsewhere: 1 records of its signatures and keys are "
            + "left out; `dnssec` signs it here", Assert.Single(found).ToString());
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData(", dnssec: {keys: /nowhere}", "", "the zone is signed here")]
    [InlineData(", update: [{key: k}]", Key, "the zone takes updates")]
    [InlineData(", records: [{name: x, type: A, data: [192.0.2.1]}]", "",
        "the zone has records besides those of its file")]
    [InlineData(", soa: {serial: 7}", "", "the zone has records besides those of its file")]
    [InlineData("", Steered, "names of the zone are steered")]
    public void A_digest_of_the_zone_is_left_out_where_the_zone_is_not_served_as_its_file_has_it(string spec,
        string more, string? why)
    {
        var resources = TestYaml.Read(
            TestYaml.Part("Zone", "z", $"{{origin: example.org, file: z.zone{spec}}}") + more);
        var compiled = Assert.Single(ZoneCompiler.Compile(resources, SteeringTable.Empty,
            new SteeringHandle(), new ZoneInputs
            {
                Open = _ => "$TTL 60\n@ SOA ns h 1 1 1 1 1\n@ NS ns.example.net.\n@ ZONEMD 1 1 1 "
                    + "000102030405060708090A0B0C0D0E0F\n",
            }).Zones);

        Assert.Equal(why is null, compiled.Zone!.Apex.Find(RecordType.ZONEMD) is not null);
        Assert.Equal(why is null ? [] : [$"z.zone:4:1: warning: the digest of the zone (ZONEMD) is left out: {why}"],
            compiled.Warnings.Select(w => w.ToString().Split('/')[^1]));
    }

    [Fact]
    public void Serves_a_transferred_zone_whose_sets_differ_in_TTL()
    {
        const string text = """
            apiVersion: meridian.dev/v1alpha1
            kind: Zone
            metadata: {name: z}
            spec: {origin: example.org, primaries: [{address: 192.0.2.1}]}
            """;
        var resources = ConfigurationReader.ReadText("z.yaml", text).Resources;
        var (records, _) = MasterFile.Read("f", "@ 60 SOA ns h 1 1 1 1 1\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
            + "ns 30 A 192.0.2.2\n", DnsName.Parse("example.org"), _ => null);

        var zone = Assert.Single(ZoneCompiler.Compile(resources, SteeringTable.Empty, new SteeringHandle(),
            new ZoneInputs { Open = _ => null, Transferred = _ => records }).Zones);

        Assert.Equal(60u, zone.Zone!.Find(DnsName.Parse("ns.example.org").Canonical)!.Find(RecordType.A)!.Ttl);
        Assert.Contains("differ in TTL", Assert.Single(zone.Warnings).Message);
    }

    [Fact]
    public void Says_that_a_name_is_owned_by_a_master_file_and_an_endpoint()
    {
        var endpoint = "---\n"
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Document("GlobalEndpoint", "e", "{hostname: www.example.org, pools: [{pool: p}]}");
        var faults = Check("  file: z.zone\n" + endpoint, "$TTL 60\nwww A 192.0.2.1\n");

        Assert.Contains("owned twice", Assert.Single(faults).Message);
    }

    [Theory]
    [InlineData("hostname: www.example.org", "hostname: www.example.com")]
    [InlineData("hostname: www.example.org", "hostname: \"..\"")]
    [InlineData("origin: example.org", "origin: \"-\"")]
    [InlineData("name: ns.example.net", "name: \"*\"")]
    [InlineData("addresses: [192.0.2.53]", "addresses: [nonsense]")]
    [InlineData("primary: ns.example.net", "primary: \"a b\"")]
    public void A_configuration_that_the_model_refuses_is_checked_without_harm(string good, string bad)
    {
        var configuration = ConfigurationReader.ReadText("z.yaml", Whole.Replace(good, bad));

        Assert.NotEmpty(configuration.Faults);
        ZoneCompiler.Check(configuration.Resources, new ZoneInputs { Open = _ => null });
    }

    [Fact]
    public void Any_change_of_a_sound_configuration_is_checked_without_harm() =>
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Int[0, 12],
            Gen.String[Gen.Char["{}[]:-*&!|>'\"#%@` \n.,?azAZ09"], 0, 8]).Sample((at, count, added) =>
        {
            var text = Whole.Remove(at, Math.Min(count, Whole.Length - at)).Insert(at, added);
            ZoneCompiler.Check(ConfigurationReader.ReadText("z.yaml", text).Resources,
                new ZoneInputs { Open = _ => null });
        }, time: int.TryParse(Environment.GetEnvironmentVariable("MERIDIAN_FUZZ_SECONDS"), out var seconds)
            ? seconds : 3);

    private const string Key = "apiVersion: meridian.dev/v1alpha1\nkind: TsigKey\nmetadata: {name: k}\n"
        + "spec: {secret: c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MDE=}\n";

    private const string Steered = "apiVersion: meridian.dev/v1alpha1\nkind: AddressPool\nmetadata: {name: p}\n"
        + "spec: {addresses: [{value: 10.0.0.1}]}\n---\napiVersion: meridian.dev/v1alpha1\nkind: GlobalEndpoint\n"
        + "metadata: {name: e}\nspec: {hostname: app.example.org, pools: [{pool: p}]}\n";

    private const string Whole = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec:
          origin: example.org
          soa: {primary: ns.example.net, contact: root.example.net}
          nameServers: [{name: ns.example.net}, {name: ns.example.org, addresses: [192.0.2.53]}]
          records:
            - {name: a, type: A, data: [192.0.2.1]}
            - {name: m, type: MX, data: ["10 a"]}
            - {name: h, type: HTTPS, data: ["1 . alpn=h2"]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z2}
        spec: {origin: sub.example.org, nameServers: [{name: ns.example.net}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p}
        spec: {addresses: [{value: 10.0.0.1}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: e}
        spec: {hostname: www.example.org, pools: [{pool: p}]}
        """;

    private static string Example(string origin, string records) => $$"""
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec: {origin: "{{origin}}", nameServers: [{name: ns.example.net, addresses: [192.0.2.53]}],
            records: {{records}}}
        """;

    private static IReadOnlyList<Fault> Check(string spec, string? file = null)
    {
        var text = "apiVersion: meridian.dev/v1alpha1\nkind: Zone\nmetadata: {name: z}\nspec:\n  origin: example.org\n"
            + spec;
        if (spec.StartsWith("  file", StringComparison.Ordinal))
            text = text.Replace("  file: z.zone\n", "  file: z.zone\n  nameServers: [{name: ns.example.net}]\n");
        else
            text += "  nameServers: [{name: ns.example.net}]\n";
        var configuration = ConfigurationReader.ReadText("z.yaml", text);
        Assert.Empty(configuration.Faults);
        return ZoneCompiler.Check(configuration.Resources, new ZoneInputs { Open = _ => file });
    }
}
