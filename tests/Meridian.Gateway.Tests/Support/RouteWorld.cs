using System.Collections.Concurrent;
using System.Net;
using Meridian.Gateway.Observing;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Meridian.Gateway.Upstreams;
using Meridian.Geography;
using Meridian.Model.Verdicts;
using Meridian.Steering;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Support;

/// <summary>A route in virtual time, without sockets: its pools are named <c>a</c>, <c>b</c> and so on.</summary>
internal sealed class RouteWorld : IVerdicts, IDisposable
{
    private readonly ConcurrentDictionary<string, VerdictState> _states = [];
    private readonly ConcurrentDictionary<string, OverrideState> _overrides = [];
    private readonly UpstreamSet _upstreams;
    private SteeringTable _table;
    private RouteTable _routes = RouteTable.Empty;

    /// <param name="gateway">Fields of the endpoint's gateway section.</param>
    /// <param name="pools">Fields of each address of each pool, besides its value: <c>["", "weight: 2"]</c>.</param>
    /// <param name="endpoint">More fields of the endpoint.</param>
    /// <param name="pool">More fields of each pool.</param>
    public RouteWorld(string gateway, string[][] pools, string endpoint = "recovery: {ramp: 0s}", string pool = "")
    {
        var names = pools.Select((_, i) => (char)('a' + i)).ToArray();
        var text = TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{interval: 5s, tcp: {port: 80}}")
            + string.Concat(pools.Select((addresses, i) => TestYaml.Part("AddressPool", $"{names[i]}",
                $"{{{pool} healthCheck: c, addresses: ["
                    + string.Join(", ", addresses.Select((more, j) => $"{{value: 192.0.2.{(i * 10) + j + 1}, {more}}}"))
                    + "]}")))
            + $$"""
            {{TestYaml.Header}}kind: GlobalEndpoint
            metadata: {name: app}
            spec:
              hostname: app.example.org
              policy: Failover
              gateway: { {{gateway}} }
              pools: [{{string.Join(", ", names.Select(n => $"{{pool: {n}}}"))}}]
              {{endpoint}}
            """;
        _upstreams = new UpstreamSet(null, Time);
        Observer = new GatewayObserver(NullLogger<GatewayObserver>.Instance, Evidence.Add);
        _table = SteeringCompiler.Compile(TestYaml.Read(text), GeoDatabase.None, this, Time.GetUtcNow());
        Refresh();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public List<Evidence> Evidence { get; } = [];

    public GatewayObserver Observer { get; }

    public Route Route { get; private set; } = null!;

    /// <summary>All pools, the first one first.</summary>
    public int[] Order => [.. Enumerable.Range(0, Route.Tiers.Length)];

    /// <summary>One of the addresses: <c>("b", 0)</c> is the first of the second pool.</summary>
    public Target this[char pool, int index = 0] => Route.Tiers[pool - 'a'].Targets[index];

    public Tries Tries(string method = "GET", ulong session = 0) =>
        new(Route, Order, session, method, Observer, Time, new Random(1));

    public void Set(char pool, int index, VerdictState state)
    {
        _states[this[pool, index].Address.Shape.Value] = state;
        Refresh();
    }

    public void Override(char pool, OverrideState state)
    {
        _overrides[$"{pool}"] = state;
        Refresh();
    }

    public Verdict Of(ProbeKey key) => new(
        _states.TryGetValue($"{key.Target}", out var state) ? state : VerdictState.Up, Time.GetUtcNow(), "test");

    public Override? OverrideOf(string pool, string value, string? site)
    {
        if (!_overrides.TryGetValue(pool, out var state)
            || !OverrideTarget.TryParse($"pool/{pool}", out var target, out _))
            return null;
        return new Override(target, state, "me", "test", Time.GetUtcNow(), null);
    }

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];

    public void Dispose()
    {
        _upstreams.Dispose();
        Observer.Dispose();
    }

    private void Refresh()
    {
        _table = _table.WithAll(this, Time.GetUtcNow());
        _routes = _routes.Next(_table, _upstreams, Time);
        Route = _routes.Routes.Single();
    }
}
