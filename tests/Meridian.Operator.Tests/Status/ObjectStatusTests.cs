using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Operator.Discovering;
using Meridian.Operator.Exporting;
using Meridian.Operator.Status;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Operator.Tests.Status;

/// <summary>What is written of an object, by what is known of its addresses.</summary>
public sealed class ObjectStatusTests : IVerdicts
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Verdict Up = new(VerdictState.Up, Now, "http 200");
    private static readonly Verdict Down = new(VerdictState.Down, Now, "http: 503");

    private readonly Dictionary<string, Verdict> _probes = [];
    private Verdict? _evidence;

    [Fact]
    public void An_endpoint_that_is_not_probed_yet_is_neither_ready_nor_down()
    {
        Assert.Equal(["Ready Unknown Probing", "Degraded False Probing"], Conditions());
        _probes["10.0.0.1"] = Down;
        Assert.Equal(["Ready Unknown Probing", "Degraded True PoolsDown"], Conditions());
        _probes["10.0.0.2"] = Up;
        Assert.Equal(["Ready True Serving", "Degraded True PoolsDown"], Conditions());
        _probes["10.0.0.2"] = Down;
        Assert.Equal(["Ready False AllDown", "Degraded True PoolsDown"], Conditions());
        _probes["10.0.0.1"] = _probes["10.0.0.2"] = Up;
        Assert.Equal(["Ready True Serving", "Degraded False AllUp"], Conditions());
    }

    [Fact]
    public void A_health_check_counts_what_its_probes_find_and_not_what_a_cluster_says()
    {
        _probes["10.0.0.1"] = _probes["10.0.0.2"] = Up;
        _evidence = new Verdict(VerdictState.Down, Now, "no ready endpoint");
        Assert.Equal("2 targets, 0 failing", Check());
        _probes["10.0.0.2"] = Down;
        Assert.Equal("2 targets, 1 failing", Check());

        string Check()
        {
            var (status, _) = Of("HealthCheck", "c");
            return $"{status["targets"]} targets, {status["failing"]} failing";
        }
    }

    [Fact]
    public void An_export_says_of_each_cluster_whether_it_has_the_Service_and_why_not()
    {
        var (status, conditions) = Of("ExportedService", "x", state => state with { Exports = Report(null, null) });
        Assert.Equal("Exported True Written 2/2 clusters have the Service", TextOf(conditions[^1]));
        Assert.Equal("2/2", (string?)status["exported"]);

        (status, conditions) = Of("ExportedService", "x", state => state with { Exports = Report(null, "forbidden") });
        Assert.Equal("Exported False NotWritten 1/2 clusters have the Service; vn: forbidden",
            TextOf(conditions[^1]));
        Assert.Equal("""[{"name":"the resources\u0027 own cluster","exported":true},"""
            + """{"name":"vn","exported":false,"reason":"forbidden"}]""", status["clusters"]!.ToJsonString());

        // A node that does not lead knows nothing of exports, and says nothing.
        Assert.DoesNotContain(Of("ExportedService", "x").Conditions, c => c.Type == "Exported");

        static ExportReport Report(string? own, string? vn) => ExportReport.None.With(
        [
            ("", ImmutableSortedDictionary<string, string?>.Empty.Add("x", own)),
            ("vn", ImmutableSortedDictionary<string, string?>.Empty.Add("x", vn)),
        ]);
    }

    [Fact]
    public void A_delegation_says_whether_it_is_written_and_why_not()
    {
        Assert.Equal("Delegated True Written a DNSEndpoint for the parent zone is written", Delegation(null));
        Assert.Equal("Delegated False NotWritten forbidden", Delegation("forbidden"));
        Assert.DoesNotContain(Of("Zone", "z").Conditions, c => c.Type == "Delegated");

        string Delegation(string? fault) => TextOf(Of("Zone", "z", state => state with
        {
            Delegations = ImmutableSortedDictionary<string, string?>.Empty.Add("z", fault),
        }).Conditions[^1]);
    }

    private static string TextOf(Kubernetes.Writing.Condition condition) =>
        $"{condition.Type} {condition.Status?.ToString() ?? "Unknown"} {condition.Reason} {condition.Message}";

    Verdict IVerdicts.Of(ProbeKey key) => _probes.GetValueOrDefault(key.Target, Verdict.Unknown);

    Verdict? IVerdicts.EvidenceOf(AddressShape address) => _evidence;

    Override? IVerdicts.OverrideOf(string pool, string value, string? site) => null;

    IReadOnlyList<IPAddress> IVerdicts.AddressesOf(string hostname) => [];

    private string[] Conditions() => [.. Of("GlobalEndpoint", "e").Conditions.Skip(1)
        .Select(c => $"{c.Type} {c.Status?.ToString() ?? "Unknown"} {c.Reason}")];

    private (System.Text.Json.Nodes.JsonObject Status, IReadOnlyList<Kubernetes.Writing.Condition> Conditions) Of(
        string kind, string name, Func<StatusInput, StatusInput>? change = null)
    {
        var resources = TestYaml.Read(TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{tcp: {port: 80}}")
            + TestYaml.Part("AddressPool", "p", "{healthCheck: c, addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("AddressPool", "q", "{healthCheck: c, addresses: [{value: 10.0.0.2}]}")
            + TestYaml.Document("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, guard: {maxRemoved: 2}, pools: [{pool: p}, {pool: q}]}"));
        var one = new ConfigurationObject(kind, "default", name, "uid", 1, Now,
            JsonDocument.Parse("{}").RootElement);
        var state = new StatusInput([one],
            ImmutableDictionary<string, ConfigurationObject>.Empty.Add(one.Id, one),
            ImmutableDictionary<string, ImmutableArray<Fault>>.Empty,
            SteeringCompiler.Compile(resources, GeoDatabase.None, this, Now), Discovery.None,
            ImmutableDictionary<string, uint>.Empty, ImmutableDictionary<string, AgentState>.Empty);
        return ObjectStatus.Of(one, change is null ? state : change(state));
    }
}
