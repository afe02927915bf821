using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Steering;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.NameServer.Tests;

/// <summary>One faulty zone never stops the sound ones.</summary>
public sealed class ZoneSelectionTests
{
    private static readonly string Zones = Zone("org", "example.org", "10.0.0.80", ", file: org.zone")
        + Zone("sub", "sub.example.org", "10.0.1.80")
        + Zone("com", "example.com", "10.0.2.80");

    private static readonly string Endpoints = TestYaml.Part("HealthCheck", "c", "{ping: {}}")
        + TestYaml.Part("AddressPool", "vn", "{healthCheck: c, addresses: [{value: 10.0.0.1}]}")
        + TestYaml.Part("AddressPool", "hk", "{healthCheck: c, addresses: [{value: 10.0.0.2}]}")
        + TestYaml.Part("GlobalEndpoint", "app",
            "{hostname: app.example.org, policy: Failover, pools: [{pool: vn}, {pool: hk}]}");

    private static readonly string Foo =
        TestYaml.Part("GlobalEndpoint", "foo", "{hostname: foo.example.org, pools: [{pool: hk}]}");

    private readonly Dictionary<string, string?> _files = new() { ["org.zone"] = "" };
    private readonly Dictionary<string, RecordSet> _updates = [];
    private ImmutableArray<MasterRecord>? _transferred;
    private Func<(ZoneSigner?, string?)> _signer = () => (null, null);
    private ZoneSet _served = ZoneSet.Empty;
    private SteeringHandle _handle = new();

    [Fact]
    public void An_endpoint_that_clashes_with_an_update_leaves_every_zone_answering()
    {
        Update("foo.example.org", RecordType.A, [10, 0, 0, 9]);
        Serve(Zones + Endpoints);

        var selection = Serve(Zones + Foo + Endpoints);

        var kept = Assert.Single(selection.Kept);
        Assert.Equal("org", kept.Resource);
        Assert.Contains("owned twice", Assert.Single(kept.Faults).Message);
        Assert.Empty(selection.Failed);
        Assert.Equal(["10.0.0.9"], Ask("foo.example.org"));
        Assert.Equal(["10.0.0.80"], Ask("www.example.org"));
        Assert.Equal(["10.0.1.80"], Ask("www.sub.example.org"));
        Assert.Equal(["10.0.2.80"], Ask("www.example.com"));
    }

    [Fact]
    public void A_kept_zone_steers_by_the_new_table_though_its_endpoints_have_moved_in_it()
    {
        Update("foo.example.org", RecordType.A, [10, 0, 0, 9]);
        Serve(Zones + Endpoints);

        Serve(Zones + Foo + Endpoints);
        Assert.Equal(["10.0.0.1"], Ask("app.example.org"));

        _handle.Current = Table(Zones + Foo + Endpoints, "10.0.0.1");
        Assert.Equal(["10.0.0.2"], Ask("app.example.org"));
    }

    [Fact]
    public void A_kept_zone_no_longer_answers_for_an_endpoint_that_is_gone()
    {
        Update("foo.example.org", RecordType.A, [10, 0, 0, 9]);
        Serve(Zones + Endpoints);

        Serve(Zones + Foo + Endpoints.Replace("app.example.org", "other.example.org"));

        Assert.Equal(ResponseCode.NXDomain, Answer.To(_served, "app.example.org").Code);
        Assert.Equal(["10.0.0.9"], Ask("foo.example.org"));

        Serve(Zones + Foo + Endpoints.Replace("{hostname: app", "{enabled: false, hostname: app"));

        Assert.Equal(ResponseCode.NXDomain, Answer.To(_served, "app.example.org").Code);
    }

    [Fact]
    public void A_kept_zone_keeps_the_types_of_its_steered_names()
    {
        Update("app.example.org", RecordType.HTTPS, [0, 1, 0]);
        Serve(Zones + Endpoints);

        var selection = Serve(Zones + Endpoints.Replace("app.example.org,", "app.example.org, https: {},"));

        Assert.Single(selection.Kept);
        Assert.Equal(["10.0.0.1"], Ask("app.example.org"));
        Assert.Equal(["HTTPS"], Ask("app.example.org", RecordType.HTTPS));

        _updates.Clear();
        Serve(Zones + Endpoints.Replace("app.example.org,", "app.example.org, https: {},"));
        _files["org.zone"] = "nonsense";
        Serve(Zones + Endpoints);

        Assert.Equal(["HTTPS"], Ask("app.example.org", RecordType.HTTPS));
    }

    [Fact]
    public void A_clash_at_start_fails_its_own_zone_alone()
    {
        Update("foo.example.org", RecordType.A, [10, 0, 0, 9]);

        var selection = Serve(Zones + Foo + Endpoints);

        Assert.Equal("org", Assert.Single(selection.Failed).Resource);
        Assert.Empty(selection.Kept);
        foreach (var name in (string[])["example.org", "www.example.org", "app.example.org", "none.example.org"])
        {
            var answer = Answer.To(_served, name);
            Assert.Equal((ResponseCode.ServFail, ExtendedError.InvalidData), (answer.Code, answer.Error));
            Assert.Empty(answer.Records);
        }

        Assert.Equal(["10.0.1.80"], Ask("www.sub.example.org"));
        Assert.Equal(["10.0.2.80"], Ask("www.example.com"));
        Assert.Equal(ResponseCode.Refused, Answer.To(_served, "org").Code);
    }

    [Fact]
    public void A_failed_child_leaves_its_parent_answering()
    {
        Serve(Zones.Replace("10.0.1.80", "nonsense") + Endpoints);

        Assert.Equal(ResponseCode.ServFail, Answer.To(_served, "www.sub.example.org").Code);
        Assert.Equal(["10.0.0.80"], Ask("www.example.org"));

        // DS belongs to the parent's side of the cut.
        Assert.Equal(ResponseCode.NXDomain, Answer.To(_served, "sub.example.org", RecordType.DS).Code);
    }

    [Fact]
    public void A_zone_answers_again_once_its_fault_is_mended()
    {
        Update("foo.example.org", RecordType.A, [10, 0, 0, 9]);
        Serve(Zones + Foo + Endpoints);
        Serve(Zones + Foo + Endpoints);
        Assert.Equal(ResponseCode.ServFail, Answer.To(_served, "www.example.org").Code);

        _updates.Clear();
        var selection = Serve(Zones + Foo + Endpoints);

        Assert.Empty(selection.Failed);
        Assert.Equal(["10.0.0.2"], Ask("foo.example.org"));
    }

    [Fact]
    public void A_primary_that_adds_a_steered_name_leaves_the_version_before_in_force()
    {
        var zones = Zones.Replace(", file: org.zone", "")
            .Replace("records: [{name: www, type: A, data: [10.0.0.80]}]", "primaries: [{address: 192.0.2.1}]")
            .Replace("nameServers: [{name: ns.example.net}], primaries", "primaries");
        Serve(zones + Endpoints);
        Assert.Equal(ExtendedError.NotReady, Answer.To(_served, "www.example.org").Error);

        _transferred = Records("$TTL 60\n@ SOA ns.example.net. h 1 1 1 1 1\n@ NS ns.example.net.\nwww A 10.0.0.81\n");
        Assert.Empty(Serve(zones + Endpoints).Kept);
        _transferred = Records("$TTL 60\n@ SOA ns.example.net. h 2 1 1 1 1\n@ NS ns.example.net.\nwww A 10.0.0.82\n"
            + "app A 10.0.0.83\n");
        var selection = Serve(zones + Endpoints);

        Assert.Single(selection.Kept);
        Assert.Equal(["10.0.0.81"], Ask("www.example.org"));
        Assert.Equal(["10.0.0.1"], Ask("app.example.org"));
    }

    [Theory]
    [InlineData("www2 A nonsense\n")]
    [InlineData("$INCLUDE missing\n")]
    [InlineData(null)]
    public void A_master_file_that_does_not_read_leaves_the_zone_as_it_was(string? file)
    {
        _files["org.zone"] = "$TTL 60\nwww2 A 10.0.0.81\n";
        Serve(Zones + Endpoints);

        _files["org.zone"] = file;
        var selection = Serve(Zones.Replace("10.0.2.80", "10.0.2.81") + Endpoints);

        Assert.Single(selection.Kept);
        Assert.Equal(["10.0.0.81"], Ask("www2.example.org"));
        Assert.Equal(["10.0.2.81"], Ask("www.example.com"));
    }

    [Fact]
    public void Keys_that_cannot_be_read_leave_a_zone_signed_as_it_was()
    {
        var origin = DnsName.Parse("example.org");
        var now = DateTimeOffset.UtcNow;
        var signer = new ZoneSigner(origin, [SigningKey.Create(origin, KeyRole.Csk, KeyTimes.From(now))], now);
        _signer = () => (signer, null);
        var zones = Zones.Replace("file: org.zone", "file: org.zone, dnssec: {keys: keys}");
        Serve(zones + Endpoints);

        _signer = () => (null, "no key");
        var selection = Serve(zones + Endpoints);

        Assert.Single(selection.Kept);
        Assert.True(Answer.To(_served, "www.example.org", dnssec: true).Signed);
    }

    [Fact]
    public void Access_to_a_kept_zone_is_as_the_new_resource_says()
    {
        Serve(Zones.Replace("file: org.zone", "file: org.zone, transfer: [{networks: [10.0.0.0/8]}]") + Endpoints);
        Assert.NotEmpty(Find("example.org").Policy.Transfer);

        _files["org.zone"] = "nonsense";
        Serve(Zones + Endpoints);

        Assert.Empty(Find("example.org").Policy.Transfer);
    }

    [Fact]
    public void A_kept_zone_is_no_new_version()
    {
        var publisher = new ZonePublisher(new FakeTimeProvider(DateTimeOffset.UtcNow));
        var zones = Zones.Replace("file: org.zone", "file: org.zone, transfer: [{networks: [10.0.0.0/8]}]");
        Serve(zones + Endpoints);
        (_served, var changed) = publisher.Publish(_served);
        Assert.Equal([DnsName.Parse("example.org")], changed);

        _files["org.zone"] = "nonsense";
        Serve(zones + Endpoints);

        Assert.Empty(publisher.Publish(_served).Changed);
    }

    [Fact]
    public void A_shared_key_whose_file_is_gone_keeps_its_secret()
    {
        var key = TestYaml.Part("TsigKey", "xfr", "{secretFile: xfr.key}");
        _files["xfr.key"] = "c2VjcmV0";
        Serve(Zones + Endpoints + key);

        _files["xfr.key"] = null;
        var selection = Serve(Zones + Endpoints + key);

        Assert.Equal("secret"u8.ToArray(), selection.Zones.Keys[DnsName.Parse("xfr")].Secret.ToArray());
        Assert.Empty(selection.Kept);
        Assert.Empty(Serve(Zones + Endpoints).Zones.Keys);
        Assert.Empty(Serve(Zones + Endpoints + key).Zones.Keys);
    }

    [Fact]
    public void One_zone_is_compiled_anew_by_itself()
    {
        Serve(Zones + Endpoints);
        var resources = Resources(Zones + Endpoints);
        var inputs = Inputs();

        _files["org.zone"] = "nonsense";
        Assert.NotNull(Compile("sub.example.org")!.Zone);
        var faulty = Compile("example.org")!;

        Assert.Null(faulty.Zone);
        Assert.Contains("org.zone:1:1", Assert.Single(faulty.Faults).ToString());
        Assert.Null(Compile("example.net"));

        CompiledZone? Compile(string origin) =>
            ZoneCompiler.Compile(resources, _handle.Current, _handle, inputs, DnsName.Parse(origin));
    }

    // What a node does on a reload: compile, select, serve.
    private ZoneSelection Serve(string text)
    {
        var handle = new SteeringHandle { Current = Table(text) };
        var compilation = ZoneCompiler.Compile(Resources(text), handle.Current, handle, Inputs());
        var selection = ZoneSelection.Of(compilation, _served, handle.Current, handle);
        (_served, _handle) = (selection.Zones, handle);
        return selection;
    }

    private ZoneInputs Inputs() => new()
    {
        Open = file => _files.GetValueOrDefault(Path.GetFileName(file)),
        Updated = origin => [.. _updates.Values.Where(s => s.Owner.Parent!.Equals(origin))],
        Transferred = _ => _transferred,
        Signer = (_, _) => _signer(),
    };

    private static ResourceSet Resources(string text)
    {
        var configuration = ConfigurationReader.ReadText("test.yaml", text);
        Assert.True(configuration.Faults.All(f => f.Message.StartsWith("record", StringComparison.Ordinal)),
            string.Join("\n", configuration.Faults));
        return configuration.Resources;
    }

    private static string Zone(string name, string origin, string www, string more = "") => TestYaml.Part("Zone", name,
        $"{{origin: {origin}, nameServers: [{{name: ns.example.net}}], "
        + $"records: [{{name: www, type: A, data: [{www}]}}]{more}}}");

    private static SteeringTable Table(string text, params string[] down) =>
        SteeringCompiler.Compile(Resources(text), GeoDatabase.None, new Down(down), DateTimeOffset.UtcNow);

    private void Update(string name, RecordType type, byte[] data) =>
        _updates[name] = new RecordSet(DnsName.Parse(name), type, 60, [data]);

    private List<string> Ask(string name, RecordType type = RecordType.A) => Answer.To(_served, name, type).Records;

    private AuthoritativeZone Find(string origin) => _served.Find(DnsName.Parse(origin).Canonical)!;

    private static ImmutableArray<MasterRecord> Records(string text)
    {
        var (records, faults) = MasterFile.Read("primary", text, DnsName.Parse("example.org"), _ => null);
        Assert.Empty(faults);
        return [.. records];
    }

    private sealed class Down(string[] down) : IVerdicts
    {
        public Verdict Of(ProbeKey key) => new(
            down.Contains(key.Target) ? VerdictState.Down : VerdictState.Up, DateTimeOffset.UnixEpoch, "");

        public Override? OverrideOf(string pool, string value, string? site) => null;

        public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];
    }
}
