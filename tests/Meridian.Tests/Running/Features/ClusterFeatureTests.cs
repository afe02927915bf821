using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Health;
using Meridian.Health.Probes;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class ClusterFeatureTests : IAsyncLifetime, IProber
{
    private static readonly ClusterReference Shop = new("hk", "Ingress", "web/shop");

    private readonly TestFolder _state = new();
    private readonly ConcurrentQueue<string> _probed = [];
    private readonly World _world = new(Resources(""));
    private readonly HealthEngine _health;
    private NodeKubernetes _kubernetes = null!;
    private ClusterFeature _clusters = null!;

    public ClusterFeatureTests() => _health = new HealthEngine(this, _world.Time, _ => { });

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await NodeKubernetes.StartAsync(null, _state.Path, _world.Time, _ => { }, default);
        _clusters = new ClusterFeature(_kubernetes, _world.Loop, _health, _world.History);
        _world.Start(_clusters);
    }

    [Fact]
    public async Task What_clusters_say_is_served_and_kept_for_the_next_start()
    {
        await ReceiveAsync(Says(2, "10.1.0.1"));

        Assert.Equal(["10.1.0.1"], await ServedAsync(1));
        Assert.Equal(["hk"], _clusters.Discovery.Clusters.Keys);
        var file = NodeKubernetes.DiscoveryPathIn(_state.Path);
        await Wait.UntilAsync(() => DiscoveryFile.Read(file, null).Find(Shop)?.Addresses is ["10.1.0.1"],
            () => "nothing is kept");
    }

    [Fact]
    public async Task Readiness_is_evidence_at_once_and_compiles_nothing()
    {
        await ReceiveAsync(Says(2, "10.1.0.1"));
        await ServedAsync(1);
        var resources = _world.Loop.State.Resources;

        await ReceiveAsync(Says(0, "10.1.0.1"));

        Assert.Contains("no ready endpoint behind", Readiness()!.Reason);
        Assert.Same(resources, _world.Loop.State.Resources);
    }

    [Fact]
    public async Task What_is_ready_again_is_confirmed_by_a_probe_now()
    {
        await ReceiveAsync(Says(0, "10.1.0.1"));
        await ServedAsync(1);
        _health.Update(_world.Followed);
        await Wait.UntilAsync(() => _probed.Count == 1, Seen);

        var received = _world.Time.GetUtcNow();
        await ReceiveAsync(Says(1, "10.1.0.1"));

        await Wait.PassUntilAsync(() => _world.Time.Advance(TimeSpan.FromMilliseconds(50)), () => _probed.Count == 2,
            Seen);
        Assert.True(_world.Time.GetUtcNow() - received < TimeSpan.FromSeconds(2)); // long before its interval is over
        Assert.Contains("waits for a probe to confirm", Readiness()!.Reason);
    }

    [Fact]
    public async Task Weights_that_follow_readiness_wait_for_the_next_second()
    {
        await _world.ApplyAsync(Resources(", weightFrom: ready"));
        await ReceiveAsync(Says(2, "10.1.0.1"));
        await ServedAsync(1);
        Assert.Equal([2], Weights);

        await ReceiveAsync(Says(5, "10.1.0.1"));
        Assert.Equal([2], Weights);
        _world.Time.Advance(ControlLoop.TickInterval);

        await Wait.SpinUntilAsync(() => Weights is [5], Seen);
    }

    [Fact]
    public async Task Readiness_that_no_weight_follows_leads_to_no_change()
    {
        await ReceiveAsync(Says(2, "10.1.0.1"));
        await ServedAsync(1);
        var inputs = _world.Loop.State.Inputs;

        await ReceiveAsync(Says(5, "10.1.0.1"));
        Assert.Null(await _world.Loop.PostAsync("tick", () => _clusters.Tick(_world.Loop.Now)).WaitAsync(World.Limit));
        Assert.Null(await _world.Loop.SubmitAsync(new Change("next", i => i)).WaitAsync(World.Limit));

        Assert.Same(inputs.Discovery, _world.Loop.State.Inputs.Discovery);
    }

    [Fact]
    public async Task Readiness_of_a_cluster_that_is_silent_lapses()
    {
        await ReceiveAsync(Says(0, "10.1.0.1"));
        await ReceiveAsync(Says(0, "10.1.0.1", "connect: refused"));
        Assert.NotNull(Readiness());

        _world.Time.Advance(ReadinessBook.Grace + TimeSpan.FromSeconds(1));

        await Wait.SpinUntilAsync(() => Readiness() is null, Seen);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_any_more_is_told_once_and_so_is_its_return()
    {
        await ReceiveAsync(Says(1, "10.1.0.1"));
        await ReceiveAsync(Says(2, "10.1.0.1"));
        await ReceiveAsync(Says(2, "10.1.0.1", "connect: refused"));
        await ReceiveAsync(Says(2, "10.1.0.1", "timeout"));
        await ReceiveAsync(Says(2, "10.1.0.1"));

        Assert.Equal(["cluster hk answers",
            "cluster hk does not answer: connect: refused; that says nothing of what runs in it, and the probes decide",
            "cluster hk answers"], _world.Told);
    }

    [Fact]
    public async Task Annotations_that_cannot_be_read_are_told_once()
    {
        var says = Says(1, "10.1.0.1");
        var faulty = says.Clusters["hk"] with
        {
            Objects = says.Clusters["hk"].Objects.SetItem(Shop,
                says.Find(Shop)! with { Faults = ["weight: `x` is no number", "ttl: `y` is no duration"] }),
        };
        await ReceiveAsync(says);
        await ReceiveAsync(new Discovery(says.Clusters.SetItem("hk", faulty)));
        await ReceiveAsync(new Discovery(says.Clusters.SetItem("hk", faulty)));

        Assert.Equal(["cluster hk answers", "Ingress web/shop in cluster hk: its annotations are not used, and those "
            + "before are: weight: `x` is no number; ttl: `y` is no duration"], _world.Told);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _health.DisposeAsync();
        await _kubernetes.DisposeAsync();
        _state.Dispose();
    }

    Task<ProbeResult> IProber.ProbeAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        _probed.Enqueue(target.Key.Target);
        return Task.FromResult(new ProbeResult(_world.Time.GetUtcNow(), true, "ok", TimeSpan.Zero));
    }

    private static string Resources(string more) =>
        TestYaml.Part("Site", "hongkong", "{latitude: 22.3, longitude: 114.2}")
        + TestYaml.Part("Cluster", "hk", "{site: hongkong}")
        + TestYaml.Part("AddressPool", "shop", "{healthCheck: tcp, addresses: "
            + $"[{{from: {{cluster: hk, ingress: web/shop}}, port: 443{more}}}]}}")
        + TestYaml.Part("GlobalEndpoint", "shop", "{hostname: shop.example.org, policy: Failover, "
            + "pools: [{pool: shop}]}");

    private Discovery Says(int ready, string address, string? fault = null) =>
        new(ImmutableDictionary<string, DiscoveredCluster>.Empty.Add("hk", new DiscoveredCluster
        {
            Name = "hk",
            Site = "hongkong",
            Synced = true,
            AnsweredAt = _world.Time.GetUtcNow(),
            Fault = fault,
            Objects = ImmutableDictionary<ClusterReference, DiscoveredObject>.Empty.Add(Shop,
                new DiscoveredObject { Reference = Shop, Addresses = [address], Ready = ready }),
        }));

    private Task ReceiveAsync(Discovery discovery)
    {
        _clusters.Receive(discovery);
        return _world.SettleAsync();
    }

    private int[] Weights => [.. _world.Loop.State.Resources.Pools["shop"].Addresses.Select(a => a.Weight)];

    private Meridian.Model.Verdicts.Verdict? Readiness() => _world.Loop.State.Readiness.Of(Shop, null, probed: true);

    private async Task<IEnumerable<string>> ServedAsync(int count)
    {
        await Wait.SpinUntilAsync(() => _world.Loop.State.Resources.Pools["shop"].Addresses.Length == count, Seen);
        return _world.Loop.State.Resources.Pools["shop"].Addresses.Select(a => a.Value);
    }

    private string Seen() => string.Join('\n', [.. _world.Told, .. _probed]);
}
