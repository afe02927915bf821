using System.Collections.Immutable;
using System.Net;
using System.Text;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>What did not change stays the same instance, whatever else is compiled or judged anew.</summary>
public sealed class NarrowTests : IVerdicts, ILoads
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private readonly Dictionary<string, IPAddress[]> _resolved = [];
    private readonly Dictionary<string, Verdict> _verdicts = [];
    private readonly Dictionary<string, Override> _overrides = [];
    private readonly Dictionary<string, Verdict> _evidence = [];
    private readonly Dictionary<string, double> _loads = [];

    [Fact]
    public void One_changed_pool_of_a_thousand_costs_one_shape()
    {
        var resources = Many(1000);
        var table = Compile(resources);

        var next = Compile(With(resources, resources.Pools["p7"] with { MinHealthy = new(2, false) }), table);

        Assert.Equal(["e7"], ChangedShapes(table, next));
        Assert.Equal(["e7"], Changed(table, next));
        Assert.Equal(1, table.Endpoints[7].Pools.Zip(next.Endpoints[7].Pools).Count(p => !Same(p.First, p.Second)));
    }

    [Fact]
    public void The_same_configuration_compiles_to_the_same_table()
    {
        var resources = Many(10);
        var table = Compile(resources);

        Assert.Same(table, Compile(resources, table));
        Assert.Same(table, Compile(new ResourceSet([.. resources.All]), table));
    }

    [Fact]
    public void A_host_name_that_resolves_to_other_addresses_changes_only_the_endpoints_that_flatten_it()
    {
        var resources = Read("""
            kind: AddressPool
            metadata: {name: flat}
            spec: {healthCheck: c, flatten: true, addresses: [{value: CDN.example.net.}]}
            """,
            "e: {policy: Failover, pools: [{pool: flat}, {pool: p0}]}",
            "f: {policy: Failover, pools: [{pool: p0}]}");
        _resolved["cdn.example.net"] = [IPAddress.Parse("10.9.0.1")];
        var table = Compile(resources);
        Assert.Same(table, Compile(resources, table));

        _resolved["cdn.example.net"] = [IPAddress.Parse("10.9.0.2")];
        var next = Compile(resources, table);

        Assert.Equal(["e"], ChangedShapes(table, next));
        Assert.Equal(["10.9.0.2"], next.Endpoints[0].Pools[0].Addresses.Select(a => a.Shape.Value));
        Assert.Same(table.Endpoints[0].Pools[1], next.Endpoints[0].Pools[1]);
        Assert.Contains(next.Probes, p => p.Target == "10.9.0.2");
        Assert.DoesNotContain(next.Probes, p => p.Target == "10.9.0.1");
    }

    [Fact]
    public void A_flattened_pool_keeps_what_is_an_address_already_in_its_usual_form()
    {
        var resources = Read("""
            kind: AddressPool
            metadata: {name: flat}
            spec: {flatten: true, addresses: [{value: 10.9.0.7}, {value: "2001:DB8:0:0::1"}, {value: A.example.net.}]}
            """, "e: {policy: Failover, pools: [{pool: flat}, {pool: p0}]}");
        _resolved["a.example.net"] = [IPAddress.Parse("10.9.0.1")];

        Assert.Equal(["10.9.0.7", "2001:db8::1", "10.9.0.1"],
            Compile(resources).Endpoints[0].Pools[0].Addresses.Select(a => a.Shape.Value));
    }

    [Fact]
    public void Another_weight_of_a_pool_in_an_endpoint_counts_at_once()
    {
        const string Two = "kind: AddressPool\nmetadata: {name: two}\nspec: {addresses: [{value: 10.9.0.2}]}\n";
        var before = Compile(Read(Two, "e: {policy: Weighted, pools: [{pool: p0}, {pool: two, weight: 2}]}"));
        var after = Compile(Read(Two, "e: {policy: Weighted, pools: [{pool: p0}, {pool: two, weight: 3}]}"), before);

        Assert.Equal([1, 3], after.Endpoints[0].Pools.Select(p => p.Weight));
    }

    [Fact]
    public void Another_weight_counts_at_once_where_the_pool_itself_is_the_same()
    {
        var resources = Read("", "e: {policy: Weighted, pools: [{pool: p0, weight: 2}]}");
        var before = Compile(resources);

        var endpoint = resources.Endpoints[0];
        var after = Compile(With(resources, endpoint with { Pools = [endpoint.Pools[0] with { Weight = 3 }] }), before);

        Assert.Equal([2], before.Endpoints[0].Pools.Select(p => p.Weight));
        Assert.Equal([3], after.Endpoints[0].Pools.Select(p => p.Weight));
    }

    [Fact]
    public void A_flattened_pool_with_too_few_addresses_is_down_and_without_any_unknown()
    {
        var resources = Read("""
            kind: AddressPool
            metadata: {name: flat}
            spec: {flatten: true, minHealthy: 2, addresses: [{value: a.example.net}, {value: b.example.net}]}
            """, "e: {policy: Failover, pools: [{pool: flat}, {pool: p0}]}");
        var table = Compile(resources);
        Assert.Equal(PoolState.Unknown, table.Endpoints[0].Pools[0].State);

        _resolved["a.example.net"] = [IPAddress.Parse("10.9.0.1")];
        Assert.Equal(PoolState.Down, Compile(resources, table).Endpoints[0].Pools[0].State);
        _resolved["b.example.net"] = [IPAddress.Parse("10.9.0.2")];
        Assert.Equal(PoolState.Up, Compile(resources, table).Endpoints[0].Pools[0].State);
    }

    [Theory]
    [InlineData("Site", new[] { "near", "within", "sited" })]
    [InlineData("HealthCheck", new[] { "near", "within", "sited", "mapped", "behind" })]
    [InlineData("LoadSignal", new[] { "loaded" })]
    [InlineData("SourceMap", new[] { "mapped" })]
    [InlineData("Geography", new[] { "near", "within", "mapped" })]
    public void A_change_reaches_the_endpoints_that_use_it_and_no_others(string what, string[] endpoints)
    {
        var resources = Read("""
            kind: Site
            metadata: {name: hanoi}
            spec: {latitude: 21, longitude: 105}
            ---
            kind: Site
            metadata: {name: suva}
            spec: {latitude: -18, longitude: 178}
            ---
            kind: LoadSignal
            metadata: {name: l}
            spec: {}
            ---
            kind: SourceMap
            metadata: {name: m}
            spec: {sources: [{name: one, networks: [10.1.0.0/16], pools: [p0]}], default: [p0]}
            ---
            kind: AddressPool
            metadata: {name: vn}
            spec: {site: hanoi, healthCheck: c, addresses: [{value: 10.1.0.1}]}
            ---
            kind: AddressPool
            metadata: {name: fj}
            spec: {site: suva, addresses: [{value: 10.1.0.2}]}
            ---
            kind: AddressPool
            metadata: {name: both}
            spec:
              policy: Nearest
              healthCheck: c
              addresses: [{value: 10.1.0.3, site: hanoi}, {value: 10.1.0.4, site: suva}]
            ---
            kind: AddressPool
            metadata: {name: busy}
            spec: {loadSignal: l, addresses: [{value: 10.1.0.5}]}
            ---
            kind: AddressPool
            metadata: {name: plain}
            spec: {addresses: [{value: 10.1.0.6}]}
            """,
            "near: {policy: Nearest, pools: [{pool: vn}, {pool: fj}]}",
            "within: {policy: Failover, pools: [{pool: both}]}",
            "sited: {policy: Failover, pools: [{pool: vn}]}",
            "mapped: {policy: SourceMap, sourceMap: m, pools: [{pool: p0}]}",
            "loaded: {policy: LeastLoad, pools: [{pool: busy}]}",
            "plain: {policy: Failover, pools: [{pool: plain}]}",
            "behind: {policy: Failover, pools: [{pool: plain}], gateway: {pools: [{pool: p0}]}}");
        var table = Compile(resources);
        Assert.Same(table, Compile(resources, table));

        var next = what switch
        {
            "Site" => Compile(With(resources, resources.Sites["hanoi"] with { Latitude = 22 }), table),
            "HealthCheck" => Compile(
                With(resources, resources.HealthChecks["c"] with { Interval = TimeSpan.FromSeconds(9) }), table),
            "LoadSignal" => Compile(With(resources, resources.LoadSignals["l"] with { Capacity = 9 }), table),
            "SourceMap" => Compile(With(resources, resources.SourceMaps["m"] with { Location = Location.None }), table),
            _ => SteeringCompiler.Compile(resources,
                GeoDatabase.Of([GeoFile.Read("g", "10.0.0.0/8,VN"u8.ToArray())]), this, Now, table),
        };

        Assert.Equal(endpoints, ChangedShapes(table, next));
        Assert.Equal(endpoints, Changed(table, next));
    }

    [Fact]
    public void Endpoints_that_come_and_go_leave_the_others_as_they_are_and_are_found()
    {
        var resources = Many(3);
        var table = Compile(resources);
        var more = Compile(With(resources, resources.Endpoints[0] with { Name = "e9", Hostname = "n9.example.org" }),
            table);
        var fewer = Compile(new ResourceSet([.. resources.All.Where(r => r.Name != "e0")]), more);

        Assert.Equal(table.Endpoints, more.Endpoints.Take(3));
        Assert.Equal("e9", more.Find("n9.example.org")!.Endpoint.Name);
        Assert.Equal(table.Endpoints.Skip(1), fewer.Endpoints);
        Assert.Same(table.Endpoints[2], fewer.Find("n2.example.org"));
        Assert.Null(fewer.Find("n0.example.org"));
        Set("10.0.2.0", VerdictState.Down);
        Assert.Equal(["e2"], Changed(fewer, fewer.WithVerdicts(fewer.Probes.Where(p => p.Target == "10.0.2.0"), this,
            Now)));
    }

    [Theory]
    [InlineData("hostname")]
    [InlineData("enabled")]
    public void An_endpoint_is_found_by_its_name_of_now(string what)
    {
        var resources = Many(2);
        var table = Compile(resources);

        var next = Compile(With(resources, what == "hostname"
            ? resources.Endpoints[1] with { Hostname = "other.example.org" }
            : resources.Endpoints[1] with { Enabled = false }), table);

        Assert.Null(next.Find("n1.example.org"));
        Assert.NotNull(next.Find("n0.example.org"));
        Assert.Equal(what == "hostname", next.Find("other.example.org") is not null);
        if (what == "hostname")
            Assert.Contains(next.Probes, p => p.Host == "other.example.org");
    }

    [Fact]
    public void Maps_of_clients_are_taken_over_from_the_table_before()
    {
        var resources = Read("""
            kind: Site
            metadata: {name: hanoi}
            spec: {latitude: 21, longitude: 105}
            ---
            kind: AddressPool
            metadata: {name: vn}
            spec: {site: hanoi, addresses: [{value: 10.1.0.1}]}
            ---
            kind: AddressPool
            metadata: {name: vn2}
            spec: {site: hanoi, addresses: [{value: 10.1.0.2}]}
            """, "a: {policy: Nearest, pools: [{pool: vn}]}", "b: {policy: Nearest, pools: [{pool: vn2}]}");
        var table = Compile(resources);
        Assert.Same(table.Endpoints[0].Shape.Orders, table.Endpoints[1].Shape.Orders);

        var next = Compile(With(resources, resources.Endpoints[0] with { MaxAnswers = 1 }), table);

        Assert.Equal(["a"], ChangedShapes(table, next));
        Assert.Same(table.Endpoints[0].Shape.Orders, next.Endpoints[0].Shape.Orders);
    }

    [Fact]
    public void The_map_of_a_source_map_is_taken_over_from_the_table_before()
    {
        var resources = Read("""
            kind: SourceMap
            metadata: {name: m}
            spec: {sources: [{name: one, networks: [10.1.0.0/16], pools: [p0]}], default: [p0]}
            """, "a: {policy: SourceMap, sourceMap: m, pools: [{pool: p0}]}");
        var table = Compile(resources);

        var next = Compile(With(resources, resources.Endpoints[0] with { MaxAnswers = 1 }), table);

        Assert.Equal(["a"], ChangedShapes(table, next));
        Assert.Same(table.Endpoints[0].Shape.Orders!.Map, next.Endpoints[0].Shape.Orders!.Map);
    }

    [Fact]
    public void Weights_are_those_of_the_resource_again_where_load_is_followed_no_more()
    {
        var resources = Loaded();
        var table = Compile(resources);
        (_loads["10.1.0.1"], _loads["10.1.0.2"]) = (0.9, 0.1);
        for (var i = 0; i < 5; i++)
            table = table.WithLoads(this, Now);
        Assert.All(table.Endpoints[0].Pools, p => Assert.NotNull(p.ByLoad));

        var next = Compile(With(resources, resources.Endpoints[0] with { Policy = EndpointPolicy.Weighted }), table);

        Assert.All(next.Endpoints[0].Pools, p => Assert.Equal((null, 1), (p.ByLoad, p.Weight)));
        Assert.All(Compile(resources, next).Endpoints[0].Pools, p => Assert.NotNull(p.ByLoad));
    }

    [Fact]
    public void Verdicts_overrides_and_evidence_that_say_the_same_give_the_same_table()
    {
        var resources = Many(3);
        var table = Compile(resources);

        Assert.Same(table, table.WithVerdicts(table.Probes, this, Now.AddSeconds(1)));
        Assert.Same(table, table.WithOverrides(this, Now.AddSeconds(1)));
        Assert.Same(table, table.WithAll(this, Now.AddSeconds(1)));
    }

    [Fact]
    public void A_verdict_an_override_and_evidence_touch_only_their_endpoints()
    {
        var table = Compile(Many(5));
        Set("10.0.1.0", VerdictState.Down);
        var judged = table.WithVerdicts(table.Probes, this, Now);
        Assert.Equal(["e1"], Changed(table, judged));

        Assert.True(OverrideTarget.TryParse("pool/p2", out var target, out _));
        _overrides["p2"] = new Override(target, OverrideState.Down, "me", "test", Now, null);
        var overridden = judged.WithOverrides(this, Now);
        Assert.Equal(["e2"], Changed(judged, overridden));

        _evidence["10.0.3.0"] = new Verdict(VerdictState.Down, Now, "not ready");
        var evident = overridden.WithOverrides(this, Now);
        Assert.Equal(["e3"], Changed(overridden, evident));

        Set("10.0.4.0", VerdictState.Down);
        Assert.Same(evident, evident.WithOverrides(this, Now));
        Assert.Equal(["e4"], Changed(evident, evident.WithAll(this, Now)));
    }

    [Fact]
    public void A_tick_that_changes_no_weight_gives_the_same_table_and_the_law_remembers_it()
    {
        var table = Compile(Loaded());
        (_loads["10.1.0.1"], _loads["10.1.0.2"]) = (0.5, 0.5);
        var first = table.WithLoads(this, Now);
        (_loads["10.1.0.1"], _loads["10.1.0.2"]) = (0.6, 0.6);

        Assert.Same(table, first);
        Assert.Same(first, first.WithLoads(this, Now));
        Assert.InRange(first.Endpoints[0].Pools[0].ByLoad!.Utilisation!.Value, 0.51, 0.6);
    }

    [Fact]
    public void A_tick_that_changes_a_weight_changes_only_its_endpoint()
    {
        var table = Compile(Loaded());
        (_loads["10.1.0.1"], _loads["10.1.0.2"], _loads["10.1.0.3"]) = (0.9, 0.1, 0.4);

        var next = table.WithLoads(this, Now);

        Assert.Equal(["busy"], Changed(table, next));
        Assert.True(next.Endpoints[0].Pools[0].Weight < table.Endpoints[0].Pools[0].Weight);
    }

    [Fact]
    public void A_table_that_is_compiled_and_not_installed_leaves_the_weights_of_the_one_that_serves()
    {
        var resources = Loaded();
        var table = Compile(resources);
        (_loads["10.1.0.1"], _loads["10.1.0.2"]) = (0.9, 0.1);
        for (var i = 0; i < 5; i++)
            table = table.WithLoads(this, Now);
        var before = table.Endpoints[0].Pools.Select(p => p.ByLoad).ToArray();

        var prepared = Compile(With(resources, resources.Endpoints[0] with
        {
            Pools = resources.Endpoints[0].Pools.Add(new EndpointPool { Pool = "c" }),
        }), table);

        Assert.Equal(before, table.Endpoints[0].Pools.Select(p => p.ByLoad));
        Assert.Equal(3, prepared.Endpoints[0].Pools.Count(p => p.ByLoad is not null));
        Assert.Equal(before[0]!.Trim, prepared.Endpoints[0].Pools[0].ByLoad!.Trim);
    }

    public Verdict Of(ProbeKey key) =>
        _verdicts.GetValueOrDefault(key.Target) ?? new Verdict(VerdictState.Up, DateTimeOffset.UnixEpoch, "ok");

    public Verdict? EvidenceOf(AddressShape address) => _evidence.GetValueOrDefault(address.Value);

    public Override? OverrideOf(string pool, string value, string? site) => _overrides.GetValueOrDefault(pool);

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => _resolved.GetValueOrDefault(hostname, []);

    public LoadFigure? Of(LoadKey key) => _loads.TryGetValue(key.Address, out var load)
        ? new LoadFigure(Now, LoadSource.Scrape) { Given = load }
        : null;

    public double? LearnedCapacity(LoadKey key) => null;

    private void Set(string address, VerdictState state) =>
        _verdicts[address] = new Verdict(state, Now, state.ToString());

    private SteeringTable Compile(ResourceSet resources, SteeringTable? previous = null) =>
        SteeringCompiler.Compile(resources, previous?.Geo ?? GeoDatabase.None, this, Now, previous);

    private static string[] Changed(SteeringTable before, SteeringTable after) =>
        [.. before.Endpoints.Zip(after.Endpoints).Where(p => !Same(p.First, p.Second))
            .Select(p => p.Second.Endpoint.Name)];

    private static string[] ChangedShapes(SteeringTable before, SteeringTable after) =>
        [.. before.Endpoints.Zip(after.Endpoints).Where(p => !Same(p.First.Shape, p.Second.Shape))
            .Select(p => p.Second.Endpoint.Name)];

    private static bool Same(object one, object other) => ReferenceEquals(one, other);

    private static ResourceSet With(ResourceSet resources, Resource changed)
    {
        var all = resources.All.ToList();
        var index = all.FindIndex(r => r.GetType() == changed.GetType() && r.Name == changed.Name);
        if (index < 0)
            all.Add(changed);
        else
            all[index] = changed;
        return new ResourceSet(all);
    }

    private static ResourceSet Loaded() => Read("""
        kind: LoadSignal
        metadata: {name: l}
        spec: {}
        ---
        kind: AddressPool
        metadata: {name: a}
        spec: {loadSignal: l, addresses: [{value: 10.1.0.1, capacity: 10}]}
        ---
        kind: AddressPool
        metadata: {name: b}
        spec: {loadSignal: l, addresses: [{value: 10.1.0.2, capacity: 10}]}
        ---
        kind: AddressPool
        metadata: {name: c}
        spec: {loadSignal: l, addresses: [{value: 10.1.0.3, capacity: 10}]}
        """,
        "busy: {policy: LeastLoad, pools: [{pool: a}, {pool: b}]}",
        "calm: {policy: LeastLoad, pools: [{pool: c}]}");

    private static ResourceSet Many(int count)
    {
        var more = new StringBuilder();
        for (var i = 1; i < count; i++)
            more.Append($"---\nkind: AddressPool\nmetadata: {{name: p{i}}}\n" +
                $"spec: {{healthCheck: c, addresses: [{{value: 10.0.{i % 256}.{i / 256}}}, " +
                $"{{value: 10.3.{i % 256}.{i / 256}}}]}}\n");
        return Read(more.ToString(), [.. Enumerable.Range(0, count)
            .Select(i => $"e{i}: {{hostname: n{i}.example.org, policy: Failover, pools: [" +
                $"{{pool: p{i}}}{(i == 0 ? "" : ", {pool: p0}")}]}}")]);
    }

    /// <summary>A zone, a check `c`, a pool `p0` that it checks, and what is given.</summary>
    private static ResourceSet Read(string documents, params string[] endpoints)
    {
        var text = """
            kind: Zone
            metadata: {name: z}
            spec: {origin: example.org, nameServers: [{name: ns.example.net}]}
            ---
            kind: HealthCheck
            metadata: {name: c}
            spec: {http: {}}
            ---
            kind: AddressPool
            metadata: {name: p0}
            spec: {healthCheck: c, addresses: [{value: 10.0.0.0}]}

            """ + (documents.StartsWith("---", StringComparison.Ordinal) ? "" : "---\n") + documents + string.Concat(
            endpoints.Select(e =>
            {
                var (name, spec) = (e[..e.IndexOf(':')], e[(e.IndexOf('{') + 1)..]);
                var hostname = spec.StartsWith("hostname", StringComparison.Ordinal)
                    ? "" : $"hostname: {name}.example.org, ";
                return $"\n---\nkind: GlobalEndpoint\nmetadata: {{name: {name}}}\nspec: {{{hostname}{spec}";
            }));
        var configuration = ConfigurationReader.ReadText("test.yaml",
            text.Replace("kind: ", "apiVersion: meridian.dev/v1alpha1\nkind: ", StringComparison.Ordinal));
        Assert.True(configuration.IsSound, string.Join("\n", configuration.Faults));
        return configuration.Resources;
    }
}
