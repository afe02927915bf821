using System.Net;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Steering.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>A configuration, verdicts that a test sets by hand, and a clock that it moves.</summary>
internal sealed class World : IVerdicts, ILoads
{
    private readonly Dictionary<string, Verdict> _verdicts = [];
    private readonly Dictionary<string, Verdict> _evidence = [];
    private readonly Dictionary<string, Override> _overrides = [];
    private readonly Dictionary<string, LoadFigure> _loads = [];
    private readonly Dictionary<string, double> _learned = [];
    private ResourceSet _resources;

    public World(string endpoint, string pools, string more = "", GeoDatabase? geo = null,
        string hostname = "app.example.org")
    {
        var text = TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{ping: {}}")
            + TestYaml.Part("LoadSignal", "l", "{}")
            + TestYaml.Part("Site", "hanoi", "{latitude: 21.03, longitude: 105.85}")
            + TestYaml.Part("Site", "frankfurt", "{latitude: 50.11, longitude: 8.68}")
            + TestYaml.Part("Site", "suva", "{latitude: -18.14, longitude: 178.44}")
            + $$"""
            {{TestYaml.Header}}kind: GlobalEndpoint
            metadata: {name: e}
            spec:
              hostname: '{{hostname}}'
            {{Indent(endpoint)}}
            """ + string.Concat(pools.Trim().Split('\n').Select(line =>
        {
            var (name, spec) = (line.Split(':', 2)[0].Trim(), line.Split(':', 2)[1].Trim());
            return "\n---\n" + TestYaml.Document("AddressPool", name, $"{{healthCheck: c, {spec}}}");
        })) + more;
        _resources = TestYaml.Read(text);
        Geo = geo ?? GeoDatabase.None;
        foreach (var address in _resources.Pools.Values.SelectMany(p => p.Addresses))
            _verdicts[address.Value] = new Verdict(VerdictState.Up, Now, "ok");
        Table = SteeringCompiler.Compile(_resources, Geo, this, Now);
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public GeoDatabase Geo { get; }

    public SteeringTable Table { get; private set; }

    public EndpointPlan Plan => Table.Endpoints[0];

    /// <summary>How many choices lay ready; each was compared with the general choice.</summary>
    public int ReadyCount { get; private set; }

    public Verdict Of(ProbeKey key) => _verdicts[key.Target];

    public Verdict? EvidenceOf(AddressShape address) => _evidence.GetValueOrDefault(address.Value);

    public Override? OverrideOf(string pool, string value, string? site) =>
        _overrides.GetValueOrDefault(value) ?? _overrides.GetValueOrDefault(pool);

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];

    public World Set(VerdictState state, params string[] addresses) =>
        Set(addresses, _ => new Verdict(state, Now, state.ToString()));

    public World Set(string[] addresses, Func<Verdict, Verdict> change)
    {
        foreach (var address in addresses)
            _verdicts[address] = change(_verdicts[address]);
        Table = Table.WithVerdicts(Table.Probes.Where(p => addresses.Contains(p.Target)), this, Now);
        return this;
    }

    /// <summary>Evidence comes that stands above an address's probe.</summary>
    public World Prove(string address, VerdictState state)
    {
        _evidence[address] = new Verdict(state, Now, state.ToString());
        Table = Table.WithOverrides(this, Now);
        return this;
    }

    public World Say(OverrideState? state, string subject)
    {
        if (state is null)
        {
            _overrides.Remove(subject);
        }
        else
        {
            Assert.True(OverrideTarget.TryParse($"pool/{subject}", out var target, out _));
            _overrides[subject] = new Override(target, state.Value, "me", "test", Now, null);
        }

        Table = Table.WithAll(this, Now);
        return this;
    }

    public LoadFigure? Of(LoadKey key) => _loads.GetValueOrDefault(key.Address);

    public double? LearnedCapacity(LoadKey key) =>
        _learned.TryGetValue(key.Address, out var capacity) ? capacity : null;

    /// <summary>An address reports its load.</summary>
    public World Load(string address, double? running, double? given = null)
    {
        _loads[address] = new LoadFigure(Now, LoadSource.Scrape) { Running = running, Given = given };
        return this;
    }

    public World Learn(string address, double capacity)
    {
        _learned[address] = capacity;
        return this;
    }

    /// <summary>Ticks of the weight law; the last figures are reported again with each.</summary>
    public World Weigh(int ticks = 1)
    {
        for (var i = 0; i < ticks; i++)
        {
            Now += WeightLaw.Tick;
            foreach (var (address, figure) in _loads.ToArray())
                _loads[address] = figure with { At = Now };
            Table = Table.WithLoads(this, Now);
        }

        return this;
    }

    /// <summary>Another configuration takes the place of this one, as a reload does.</summary>
    public World Become(World other)
    {
        _resources = other._resources;
        Table = SteeringCompiler.Compile(_resources, Geo, this, Now, Table);
        return this;
    }

    /// <summary>The same configuration and verdicts, and nothing that was known before.</summary>
    public World Restart()
    {
        Table = SteeringCompiler.Compile(_resources, Geo, this, Now);
        return this;
    }

    /// <summary>A pool gets these addresses from a cluster, which may mix what no file may.</summary>
    public World Join(string pool, params string[] values)
    {
        foreach (var value in values)
            _verdicts[value] = new Verdict(VerdictState.Up, Now, "ok");
        _resources = new ResourceSet([.. _resources.All.Select(r => r is AddressPool p && p.Name == pool
            ? p with { Addresses = [.. values.Select(v => new PoolAddress { Value = v })] }
            : r)]);
        Table = SteeringCompiler.Compile(_resources, Geo, this, Now, Table);
        return this;
    }

    public World Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public (SteeringDecision Decision, string[] Values) Choose(string client = "192.0.2.1", int? bits = null,
        ulong draw = 1, AddressKind kind = AddressKind.V4)
    {
        var picks = new Pick[64];
        var octets = IPAddress.Parse(client).GetAddressBytes();
        var view = new ClientView(octets, bits ?? (octets.Length * 8));
        var decision = Plan.Choose(kind, view, draw, Now, picks);
        if (Plan.TryChooseReady(kind, view, draw, Now, out var ready, out var scope))
        {
            ReadyCount++;
            Assert.Equal(
                picks.Take(decision.Count)
                .SelectMany(p => Plan.Pools[p.Pool].Addresses[p.Address].Shape.Bytes.ToArray()), ready.ToArray());
            Assert.Equal(decision.ScopeBits, scope);
        }

        Assert.Equal(!Plan.AnyServes, decision.AllDown);
        Assert.Equal((uint)Plan.Ttl(Now).TotalSeconds, Plan.TtlSeconds(Now));
        return (decision, [.. picks.Take(decision.Count).Select(p => p.Pool == -1
            ? Plan.Shape.Fallback[p.Address].Value
            : Plan.Pools[p.Pool].Addresses[p.Address].Shape.Value)]);
    }

    public string[] Answer(string client = "192.0.2.1", ulong draw = 1) => Choose(client, draw: draw).Values;

    /// <summary>Counts of the first address over many draws.</summary>
    public Dictionary<string, int> Shares(int draws = 10_000, string client = "192.0.2.1")
    {
        var random = new Random(1);
        return Enumerable.Range(0, draws).SelectMany(_ => Answer(client, (ulong)random.NextInt64()).Take(1))
            .CountBy(v => v).ToDictionary();
    }

    private static string Indent(string text) => string.Join('\n', text.Trim().Split('\n').Select(l => "  " + l));
}
