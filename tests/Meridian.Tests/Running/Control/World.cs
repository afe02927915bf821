using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Wire;
using Meridian.Health;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.NameServer;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Steering;
using Meridian.Steering.Plans;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running.Control;

/// <summary>A control loop over a real compiler, with verdicts that the test sets and a clock that it moves.</summary>
internal sealed class World : IJudge, IFeature, IAsyncDisposable
{
    private static readonly string Zones =
        TestYaml.Part("Zone", "org", "{origin: example.org, nameServers: [{name: ns.example.net}], "
            + "records: [{name: www, type: A, data: [10.0.0.80]}]}")
        + TestYaml.Part("Zone", "com", "{origin: example.com, nameServers: [{name: ns.example.net}], "
            + "records: [{name: www, type: A, data: [10.0.0.81]}]}")
        + TestYaml.Part("HealthCheck", "tcp", "{tcp: {port: 80}}");

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-control-").FullName;

    public World(params string[] endpoints)
    {
        Sources = new ZoneSources(LoadedConfiguration.ReadMasterFile, new ZoneSigners(Time));
        History = new History(new NoEvents(), Time, NullLogger.Instance);
        Loop = new ControlLoop(ConfigurationFeature.Begin(Read(endpoints), Time.GetUtcNow()),
            new Preparer((state, inputs, zones) => Prepare!(state, inputs, zones), Time), Time, NullLogger.Instance);
        Prepare = (state, inputs, zones) => zones is null
            ? NextState.Of(state, inputs, Judge(state), Sources, Time.GetUtcNow())
            : NextState.OfZones(state, inputs, zones, Sources);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ControlLoop Loop { get; }

    /// <summary>The file that <see cref="Read"/> writes.</summary>
    public string File => Path.Combine(_folder, "world.yaml");

    /// <summary>Where zones get their data and keys.</summary>
    public ZoneSources Sources { get; }

    /// <summary>What is told to people.</summary>
    public History History { get; }

    /// <summary>What was told, the oldest first.</summary>
    public IEnumerable<string> Told => History.Recent(100).Reverse().Select(e => e.Message);

    /// <summary>How a state is prepared; the real compiler by default.</summary>
    public Func<NodeState, NodeInputs, IReadOnlyCollection<DnsName>?, Prepared> Prepare { get; set; }

    /// <summary>Every state that was committed.</summary>
    public ConcurrentQueue<NodeState> Commits { get; } = [];

    /// <summary>What is followed by probes.</summary>
    public ImmutableArray<ProbeTarget> Followed { get; private set; } = [];

    /// <summary>Verdicts by target; up where there is none.</summary>
    public ConcurrentDictionary<string, Verdict> Known { get; } = [];

    /// <summary>Called whenever a verdict is asked for.</summary>
    public Action<ProbeKey> Asked { get; set; } = _ => { };

    /// <summary>Called whenever other probes are to be followed.</summary>
    public Action Following { get; set; } = () => { };

    public string Name => "world";

    /// <summary>An endpoint with one pool of one probed address for each IP address.</summary>
    public static string Endpoint(string name, params string[] addresses)
    {
        var pools = addresses.Select((address, i) => TestYaml.Part("AddressPool", $"{name}-{i}",
            $"{{healthCheck: tcp, addresses: [{{value: {address}}}]}}"));
        var members = string.Join(", ", addresses.Select((_, i) => $"{{pool: {name}-{i}}}"));
        return string.Concat(pools) + TestYaml.Part("GlobalEndpoint", name,
            $"{{hostname: {name}.example.org, policy: Failover, pools: [{members}]}}");
    }

    public LoadedConfiguration Read(params string[] endpoints)
    {
        Write(endpoints);
        var loaded = LoadedConfiguration.Load([File]);
        Assert.Empty(loaded.Faults);
        return loaded;
    }

    /// <summary>Changes the file without reading it.</summary>
    public void Write(params string[] endpoints) =>
        System.IO.File.WriteAllText(File, Zones + string.Concat(endpoints));

    /// <summary>Has the loop serve another configuration.</summary>
    public async Task ApplyAsync(params string[] endpoints)
    {
        var loaded = Read(endpoints);
        Assert.Null(await Loop.SubmitAsync(new Change("test", inputs => inputs with { Configuration = loaded }))
            .WaitAsync(Limit));
    }

    public World Start(params IFeature[] features) => Start(features, inputs => inputs);

    public World Start(IFeature[] features, Func<NodeInputs, NodeInputs> first)
    {
        Loop.Start(this, [.. features, this], new Change("start", first));
        return this;
    }

    /// <summary>Holds the loop in the middle of a turn, until the gate opens.</summary>
    public Gate HoldLoop()
    {
        var gate = new Gate();
        Loop.Post("gate", gate.Pass);
        gate.WaitUntilReached();
        return gate;
    }

    /// <summary>Has changes prepared with what is known then, and holds each before it is given to the loop.</summary>
    public Gate HoldPreparations()
    {
        var gate = new Gate();
        var prepare = Prepare;
        Prepare = (state, inputs, zones) =>
        {
            var prepared = prepare(state, inputs, zones);
            gate.Pass();
            return prepared;
        };
        return gate;
    }

    /// <summary>Turns a verdict and reports it, as the probe engine does.</summary>
    public void Turn(string endpoint, string address, VerdictState state)
    {
        var key = new ProbeKey("tcp", address, 80, "");
        var before = Known.GetValueOrDefault(address) ?? Up;
        var after = Known[address] = new Verdict(state, Time.GetUtcNow(), "test");
        Loop.Report(new VerdictChange(Followed.First(t => t.Key.Target == address).Key, before, after));
    }

    public PoolState StateOf(string endpoint, int pool) =>
        Loop.State.Table.Find($"{endpoint}.example.org")!.AllPools.ElementAt(pool).State;

    /// <summary>Ends when the loop has done all that it was given before.</summary>
    public async Task SettleAsync() => Assert.Null(await Loop.PostAsync("test", () => { }).WaitAsync(Limit));

    /// <summary>Bounds waits of tests.</summary>
    public static TimeSpan Limit { get; } = TestTime.Limit(30);

    public void Follow(IReadOnlyCollection<ProbeTarget> targets)
    {
        Following();
        Followed = [.. targets];
    }

    public IVerdicts Judge(NodeState state) => new Verdicts(this, state);

    public void Commit(NodeState before, NodeState now) => Commits.Enqueue(now);

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class NoEvents : IEventStore
    {
        public ImmutableArray<HistoryEvent> Read(int count) => [];

        public void Append(HistoryEvent entry)
        {
        }
    }

    private static Verdict Up { get; } = new(VerdictState.Up, DateTimeOffset.UnixEpoch, "");

    private sealed class Verdicts(World world, NodeState state) : IVerdicts
    {
        public Verdict Of(ProbeKey key)
        {
            world.Asked(key);
            return world.Known.GetValueOrDefault(key.Target) ?? Up;
        }

        public Override? OverrideOf(string pool, string value, string? site) =>
            state.Overrides.Find(pool, value, site);

        public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];
    }
}
