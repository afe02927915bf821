using CsCheck;
using Meridian.Model.Joining;
using Meridian.Model.Records;
using Meridian.Model.Resources;

namespace Meridian.Model.Tests.Records;

/// <summary>What becomes of clients' records.</summary>
public sealed class RecordComposerTests
{
    private static readonly ResourceSet Zone = ConfigurationReader.ReadText("f.yaml",
        "apiVersion: meridian.dev/v1alpha1\nkind: Zone\nmetadata: {name: z}\nspec: {origin: example.org, " +
        "nameServers: [{name: ns.example.net}]}\n").Resources;

    [Fact]
    public void Addresses_of_several_clients_are_pools_of_one_endpoint_and_other_records_stand_side_by_side()
    {
        RecordOwner[] owners =
        [
            Owner("hk", Record("app.example.org", "A", ["10.0.0.1", "10.0.0.2"], 60),
                Record("app.example.org", "AAAA", ["2001:db8::1"]),
                Record("t.example.org", "TXT", ["\"from hk\""], 300)),
            Owner("vn", Record("App.Example.org", "CNAME", ["lb.example.net."], 30),
                Record("t.example.org", "TXT", ["from vn"], 60),
                Record("s.example.org", "SRV", ["0 5 80 app.example.org"])),
        ];
        var zone = RecordComposer.WithRecords(Zone, owners).Zones.Single();
        Assert.Equal(["s.example.org. SRV  0 5 80 app.example.org.", "t.example.org. TXT 60 \"from hk\" | \"from vn\""],
            zone.Records.Select(r => $"{r.Name} {r.Type} {r.Ttl?.TotalSeconds} {string.Join(" | ", r.Data)}")
                .Order(StringComparer.Ordinal));

        var joined = Joiner.Join(RecordComposer.WithRecords(Zone, owners), [.. RecordComposer.Contributions(owners)]);
        Assert.Empty(joined.Refused);
        var endpoint = joined.Resources.Endpoints.Single();
        Assert.Equal(("app.example.org", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)),
            (endpoint.Hostname, endpoint.Ttl, endpoint.EffectiveMinTtl));
        Assert.Equal(["10.0.0.1,10.0.0.2,2001:db8::1", "lb.example.net"],
            endpoint.Pools.Select(p => string.Join(',', joined.Resources.Pools[p.Pool].Addresses.Select(a => a.Value)))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Set_identifiers_of_one_client_are_pools_of_their_own()
    {
        var owner = Owner("hk", Record("app.example.org", "A", ["10.0.0.1"]) with
        {
            SetIdentifier = "blue",
            ProviderSpecific = [new RecordProperty("webhook/meridian-weight", "9"),
                new RecordProperty("webhook/meridian-policy", "Weighted")],
        },
            Record("app.example.org", "A", ["10.0.0.2"]) with { SetIdentifier = "green" });
        var endpoint = Joiner.Join(Zone, [.. RecordComposer.Contributions([owner])]).Resources.Endpoints.Single();
        Assert.Equal(EndpointPolicy.Weighted, endpoint.Policy);
        Assert.Equal([1, 9], endpoint.Pools.Select(p => p.Weight).Order());
    }

    [Fact]
    public void The_shortest_of_all_TTLs_counts_and_none_is_longer_than_DNS_allows()
    {
        RecordOwner[] owners =
        [
            Owner("hk", Record("a.example.org", "TXT", ["x"], long.MaxValue),
                Record("b.example.org", "TXT", ["x"], 90)),
            Owner("vn", Record("b.example.org", "TXT", ["y"], 60), Record("c.example.org", "TXT", ["x"], -1)),
            Owner("jp", Record("d.example.org", "A", ["10.0.0.1"], long.MaxValue), Record("d.example.org", "A", [], 0)),
        ];

        var records = RecordComposer.WithRecords(Zone, owners).Zones.Single().Records;

        Assert.Equal([TimeSpan.FromSeconds(int.MaxValue), TimeSpan.FromSeconds(60), null], records.Select(r => r.Ttl));
        Assert.Equal(TimeSpan.FromDays(1), Assert.Single(RecordComposer.Contributions(owners)).Ttl);
    }

    [Theory]
    [InlineData("\"heritage=external-dns,external-dns/owner=a\"", "\"heritage=external-dns,external-dns/owner=a\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("\"two\" \"strings\"", "\"two\" \"strings\"")]
    [InlineData("", "\"\"")]
    public void Text_is_quoted_once_and_otherwise_left(string target, string data) =>
        Assert.Equal(data, RecordComposer.DataOf("TXT", target));

    [Fact]
    public void Long_text_becomes_strings_of_255_octets_at_most() =>
        Gen.Char.AlphaNumeric.Array[0, 2000].Sample(letters =>
    {
        var text = new string(letters);
        var parts = RecordComposer.DataOf("TXT", text).Trim('"').Split("\" \"");
        Assert.All(parts, p => Assert.InRange(p.Length, 0, 255));
        Assert.Equal(text, string.Concat(parts));
    });

    [Fact]
    public void The_same_changes_again_change_nothing_whatever_they_are()
    {
        var record = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3].Select(i => new[] { "A", "AAAA", "CNAME", "TXT" }[i]),
            Gen.Int[0, 3], Gen.Int[0, 2], (n, t, v, s) =>
            Record($"n{n}.example.org", t, [$"v{v}"]) with { SetIdentifier = s == 0 ? null : $"s{s}" });
        var changes = Gen.Select(record.Array[0, 5], record.Array[0, 5], record.Array[0, 5], record.Array[0, 5],
            (create, old, now, delete) =>
            new RecordChanges { Create = create, UpdateOld = old, UpdateNew = now, Delete = delete });
        changes.Array[1, 6].Sample(batches =>
        {
            var records = batches.Aggregate(System.Collections.Immutable.ImmutableArray<ClientRecord>.Empty,
                (r, c) => c.Apply(r));
            Assert.Equal(records.Select(r => (r.Key, r.Targets[0])),
                batches[^1].Apply(records).Select(r => (r.Key, r.Targets[0])));
            Assert.Equal(records.Select(r => r.Key).Distinct(), records.Select(r => r.Key));
        });
    }

    private static RecordOwner Owner(string id, params ClientRecord[] records) =>
        new(id, null, TimeSpan.FromMinutes(10), DateTimeOffset.UnixEpoch, [.. records]);

    private static ClientRecord Record(string name, string type, string[] targets, long ttl = 0) =>
        new() { DnsName = name, RecordType = type, Targets = [.. targets], RecordTtl = ttl };
}
