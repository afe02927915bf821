using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Operator.Discovering;
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

    Verdict IVerdicts.Of(ProbeKey key) => _probes.GetValueOrDefault(key.Target, Verdict.Unknown);

    Verdict? IVerdicts.EvidenceOf(AddressShape address) => _evidence;

    Override? IVerdicts.OverrideOf(string pool, string value, string? site) => null;

    IReadOnlyList<IPAddress> IVerdicts.AddressesOf(string hostname) => [];

    private string[] Conditions() => [.. Of("GlobalEndpoint", "e").Conditions.Skip(1)
        .Select(c => $"{c.Type} {c.Status?.ToString() ?? "Unknown"} {c.Reason}")];

    private (System.Text.Json.Nodes.JsonObject Status, IReadOnlyList<Kubernetes.Writing.Condition> Conditions) Of(
        string kind, string name)
    {
        var resources = TestYaml.Read(TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{tcp: {port: 80}}")
            + TestYaml.Part("AddressPool", "p", "{healthCheck: c, addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("AddressPool", "q", "{healthCheck: c, addresses: [{value: 10.0.0.2}]}")
            + TestYaml.Document("GlobalEndpoint", "e",
                "{hostname: e.example.org, policy: Failover, guard: {maxRemoved: 2}, pools: [{pool: p}, {pool: q}]}"));
        var one = new ConfigurationObject(kind, "default", name, "uid", 1, Now,
            JsonDocument.Parse("{}").RootElement);
        return ObjectStatus.Of(one, new StatusInput([one],
            ImmutableDictionary<string, ConfigurationObject>.Empty.Add(one.Id, one),
            ImmutableDictionary<string, ImmutableArray<Fault>>.Empty,
            SteeringCompiler.Compile(resources, GeoDatabase.None, this, Now), Discovery.None,
            ImmutableDictionary<string, uint>.Empty, ImmutableDictionary<string, AgentState>.Empty));
    }
}
