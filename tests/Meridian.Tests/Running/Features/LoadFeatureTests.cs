using Meridian.Gateway;
using Meridian.Health;
using Meridian.Model.Loads;
using Meridian.Running.Features;
using Meridian.Steering.Loads;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class LoadFeatureTests : IAsyncDisposable
{
    private static readonly LoadKey Probed = new("probed", "10.0.0.1", 80);
    private static readonly LoadKey Deaf = new("deaf", "127.0.0.2", 80);
    private static readonly LoadKey Tunnelled = new("tunnelled", "web@lab", null);

    private readonly World _world;
    private readonly LoadFeature _loads;
    private readonly GatewayCore _gateway;

    public LoadFeatureTests()
    {
        _world = new World(Resources);
        _gateway = new GatewayCore(new GatewayOptions(), _world.Time, NullLoggerFactory.Instance, _ => { },
            (_, _) => { });
        _loads = new LoadFeature(_world.Loop, (_, _) => throw new IOException("no tunnel"), _world.Time);
        _world.Start(new GatewayFeature(_gateway), _loads);
    }

    [Fact]
    public void The_load_in_an_answer_to_a_probe_is_that_of_the_addresses_that_it_counts_for()
    {
        Probe("10.0.0.1", 0.25);

        Assert.Equal((0.25, LoadSource.Health), (_loads.Book.Of(Probed)!.Given, _loads.Book.Of(Probed)!.Source));
    }

    [Fact]
    public void The_load_in_an_answer_to_a_probe_is_not_heard_where_nobody_wants_it()
    {
        Probe("127.0.0.2", 0.25); // health: false
        Probe("10.0.0.9", 0.25); // of no address

        Assert.Null(_loads.Book.Of(Deaf));
    }

    [Fact]
    public void An_answer_to_a_probe_that_says_nothing_of_load_leaves_what_is_known()
    {
        Probe("10.0.0.1", 0.25);
        Probe("10.0.0.1", null);

        Assert.Equal(0.25, _loads.Book.Of(Probed)!.Given);
    }

    [Fact]
    public void The_load_that_a_service_says_to_its_agent_is_that_of_its_address()
    {
        _loads.ReportTunnels([("lab", "web", 0.75), ("lab", "other", 0.1)]);

        Assert.Equal((0.75, _world.Time.GetUtcNow()),
            (_loads.Book.Of(Tunnelled)!.Given, _loads.Book.Of(Tunnelled)!.At));
    }

    [Fact]
    public void The_load_in_an_answer_that_the_gateway_forwarded_is_known()
    {
        _loads.ReportAnswer(Probed, new LoadFigure(_world.Time.GetUtcNow(), LoadSource.Report) { Given = 0.5 });

        Assert.Equal(0.5, _loads.Book.Of(Probed)!.Given);
    }

    [Fact]
    public async Task The_load_of_an_address_that_is_gone_is_forgotten()
    {
        Probe("10.0.0.1", 0.25);

        await _world.ApplyAsync(World.Endpoint("a", "10.0.0.5"));

        Assert.Null(_loads.Book.Of(Probed));
        Probe("10.0.0.1", 0.5); // one that was under way
        Assert.Null(_loads.Book.Of(Probed));
    }

    [Fact]
    public async Task What_the_gateway_has_sent_to_an_address_is_its_load_where_it_says_none()
    {
        _loads.Gateway = _gateway;
        await TickAsync();

        Assert.Equal(LoadSource.Gateway, _loads.Book.Of(Deaf)!.Source);
    }

    [Fact]
    public async Task Metrics_that_cannot_be_read_are_not_replaced_by_what_one_gateway_has_sent()
    {
        _loads.Gateway = _gateway;
        await _world.ApplyAsync(Resources.Replace("{health: false}", Scrape, StringComparison.Ordinal));
        await Wait.UntilAsync(() => _loads.FaultOf(Deaf) is not null, () => $"{_loads.Scrapes}");
        await TickAsync();

        Assert.Equal(LoadSource.Gateway, _loads.Book.Of(Probed)!.Source);
        Assert.Null(_loads.Book.Of(Deaf));
        Assert.Null(_loads.FaultOf(Probed));
        Assert.True(_loads.Scrapes.Failed > 0);
    }

    [Fact]
    public async Task Weights_follow_the_load_every_five_seconds()
    {
        await TickAsync();
        Probe("10.0.0.1", 0.9);
        Probe("10.0.0.3", 0.1);
        var before = _world.Loop.State.Table;

        Assert.Null(await _world.Loop.PostAsync("tick", () => _loads.Tick(_world.Loop.Now)).WaitAsync(World.Limit));
        Assert.Same(before, _world.Loop.State.Table);
        await TickAsync();
        await TickAsync();

        var pools = _world.Loop.State.Table.Find("busy.example.org")!.AllPools.ToArray();
        Assert.True(pools[0].ByLoad!.Published < pools[1].ByLoad!.Published, $"{pools[0].ByLoad} {pools[1].ByLoad}");
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _loads.DisposeAsync();
        _gateway.Dispose();
    }

    private const string Scrape = "{scrape: {engine: Vllm, port: 1}}";

    private static readonly string Resources = TestYaml.Part("LoadSignal", "heard", "{}")
        + TestYaml.Part("LoadSignal", "unheard", "{health: false}")
        + TestYaml.Part("TunnelAgent", "lab", "{publishes: [web]}")
        + Pool("probed", "heard", "{value: 10.0.0.1, port: 80}")
        + Pool("deaf", "unheard", "{value: 127.0.0.2, port: 80}")
        + Pool("calm", "heard", "{value: 10.0.0.3, port: 80}")
        + TestYaml.Part("AddressPool", "tunnelled",
            "{loadSignal: heard, addresses: [{tunnel: {agent: lab, service: web}}]}")
        + TestYaml.Part("GlobalEndpoint", "busy", "{hostname: busy.example.org, policy: LeastLoad, gateway: {}, "
            + "pools: [{pool: probed}, {pool: calm}]}")
        + TestYaml.Part("GlobalEndpoint", "rest", "{hostname: rest.example.org, policy: Failover, "
            + "gateway: {pools: [{pool: deaf}, {pool: tunnelled}]}, pools: [{pool: deaf}]}");

    private static string Pool(string name, string signal, string address) => TestYaml.Part("AddressPool", name,
        $"{{healthCheck: tcp, loadSignal: {signal}, addresses: [{address}]}}");

    private void Probe(string address, double? load)
    {
        var key = _world.Followed.FirstOrDefault(t => t.Key.Target == address)?.Key
            ?? _world.Followed[0].Key with { Target = address };
        _loads.ReportProbe(key, new ProbeResult(_world.Time.GetUtcNow(), true, "ok", TimeSpan.Zero) { Load = load });
    }

    // Past the next step of the law.
    private async Task TickAsync()
    {
        _world.Time.Advance(WeightLaw.Tick);
        Assert.Null(await _world.Loop.PostAsync("tick", () => _loads.Tick(_world.Loop.Now)).WaitAsync(World.Limit));
    }
}
