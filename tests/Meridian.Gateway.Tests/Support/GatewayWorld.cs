using System.Collections.Concurrent;
using System.Net;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Tcp;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Steering;

namespace Meridian.Gateway.Tests.Support;

/// <summary>
/// A gateway on a real socket before backends of the test, each a pool and a site of its own; verdicts are set by hand.
/// </summary>
internal sealed class GatewayWorld : IVerdicts, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = [];
    private readonly ConcurrentDictionary<string, Override> _overrides = [];
    private readonly string _text;
    private ResourceSet _resources;
    private readonly GatewayCore _core;
    private GatewayServer? _server;
    private TcpServer? _ports;
    private SteeringTable _table;

    private GatewayWorld(string gateway, string endpoint, GatewayOptions options, bool onePool, Backend[] backends)
    {
        var pools = backends.GroupBy(b => onePool ? "all" : b.Name).ToArray();
        _text = TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{interval: 5s, tcp: {}}")
            + TestYaml.Part("LoadSignal", "l", "{fullQueue: 4}")
            + string.Concat(pools.Select(p => TestYaml.Part("Site", $"{p.Key}-site", "{latitude: 1, longitude: 1}")
                + TestYaml.Part("AddressPool", p.Key,
                    $"{{site: {p.Key}-site, healthCheck: c, loadSignal: l, addresses: ["
                    + string.Join(", ", p.Select(b => $"{{value: 127.0.0.1, port: {b.Port}}}")) + "]}")))
            + $$"""
            {{TestYaml.Header}}kind: GlobalEndpoint
            metadata: {name: app}
            spec:
              hostname: app.example.org
              policy: Failover
              {{endpoint}}
              recovery: {ramp: 0s}
              gateway: { {{gateway}} }
              pools: [{{string.Join(", ", pools.Select(p => $"{{pool: {p.Key}}}"))}}]
            """;
        _resources = TestYaml.Read(_text);
        _table = SteeringCompiler.Compile(_resources, GeoDatabase.None, this, DateTimeOffset.UtcNow);
        _core = new GatewayCore(options, TimeProvider.System, Log, Evidence.Enqueue,
            (key, figure) => Reports.Enqueue((key, figure)));
        _core.Update(_table);
    }

    public ConcurrentQueue<Evidence> Evidence { get; } = [];

    public ConcurrentQueue<(Model.Loads.LoadKey Key, Model.Loads.LoadFigure Figure)> Reports { get; } = [];

    public LogLines Log { get; } = new();

    /// <summary>
    /// The time to first octet that a share of the answers did not exceed; null where too few are known.
    /// </summary>
    public TimeSpan? FirstByteOf(double share) => _core.Routes.Single().Record.FirstByte.Quantile(share);

    /// <summary>What has happened on the endpoint's route.</summary>
    public RouteCounts Counts => _core.Statistics.Single().Counts;

    public int Port { get; private set; }

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    public static Task<GatewayWorld> StartAsync(string gateway, params Backend[] backends) =>
        StartAsync(gateway, "", new GatewayOptions(), false, backends);

    public static Task<GatewayWorld> StartAsync(string gateway, bool onePool, params Backend[] backends) =>
        StartAsync(gateway, "", new GatewayOptions(), onePool, backends);

    public static Task<GatewayWorld> StartAsync(string gateway, string endpoint, GatewayOptions options,
        params Backend[] backends) =>
        StartAsync(gateway, endpoint, options, false, backends);

    private static async Task<GatewayWorld> StartAsync(string gateway, string endpoint, GatewayOptions options,
        bool onePool, Backend[] backends)
    {
        var world = new GatewayWorld(gateway, endpoint, options, onePool, backends);
        world._server = await GatewayServer.StartAsync(world._core,
            options with { Http = [new(IPAddress.Loopback, 0)] }, TimeProvider.System, world.Log);
        world._ports = new TcpServer(world._core, options, world.Log);
        world.Port = new Uri(world._server.Urls.First(u => u.StartsWith("http:", StringComparison.Ordinal))).Port;
        return world;
    }

    /// <summary>A client that asks for the endpoint's name.</summary>
    public HttpClient Client(Version? version = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
        })
        { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Host = "app.example.org";
        if (version is not null)
        {
            client.DefaultRequestVersion = version;
            client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        return client;
    }

    /// <summary>Requests that are under way at a backend.</summary>
    public int InFlight(Backend backend) => _core.InFlight.Where(l => l.Port == backend.Port).Sum(l => l.InFlight);

    /// <summary>Gives the gateway the table of another configuration, as the control loop of a node does.</summary>
    public void Edit(string part, string by)
    {
        _resources = TestYaml.Read(_text.Replace(part, by, StringComparison.Ordinal));
        _table = SteeringCompiler.Compile(_resources, GeoDatabase.None, this, DateTimeOffset.UtcNow);
        _core.Update(_table);
    }

    public void Set(Backend backend, VerdictState state)
    {
        _verdicts[Key(backend)] = new Verdict(state, DateTimeOffset.UtcNow, state.ToString());
        _table = _table.WithAll(this, DateTimeOffset.UtcNow);
        _core.Update(_table);
    }

    /// <summary>A backend has told its load by another way than an answer.</summary>
    public void Load(Backend backend, Model.Loads.LoadFigure figure) =>
        _core.Observe(new("all", "127.0.0.1", backend.Port), figure);

    public void Say(Backend backend, OverrideState? state)
    {
        if (state is null)
        {
            _overrides.TryRemove(backend.Name, out _);
        }
        else
        {
            Assert.True(OverrideTarget.TryParse($"pool/{backend.Name}", out var target, out _));
            _overrides[backend.Name] = new Override(target, state.Value, "me", "test", DateTimeOffset.UtcNow, null);
        }

        _table = _table.WithAll(this, DateTimeOffset.UtcNow);
        _core.Update(_table);
    }

    public Verdict Of(ProbeKey key) =>
        _verdicts.GetValueOrDefault($"{key.Target}:{key.Port}",
            new Verdict(VerdictState.Up, DateTimeOffset.UtcNow, "ok"));

    public Override? OverrideOf(string pool, string value, string? site) => _overrides.GetValueOrDefault(pool);

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];

    /// <inheritdoc cref="GatewayServer.Refresh"/>
    public string? RefreshCertificates() => _server!.Refresh();

    public async ValueTask DisposeAsync()
    {
        if (_ports is not null)
            await _ports.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _core.Dispose();
    }

    private static string Key(Backend backend) => $"127.0.0.1:{backend.Port}";
}
