using System.Collections.Frozen;
using Meridian.Gateway;
using Meridian.Health;
using Meridian.Load;
using Meridian.Load.Scraping;
using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Steering;
using Meridian.Steering.Loads;

namespace Meridian.Running.Features;

/// <summary>
/// What a node knows of the load of addresses, from wherever it comes: it files every figure, gives it to the gateway,
/// and lets weights follow it.
/// </summary>
internal sealed class LoadFeature : IFeature, IAsyncDisposable
{
    private readonly LoadBook _book;
    private readonly LoadSampler _sampler;
    private readonly TimeProvider _time;
    private volatile GatewayCore? _gateway;
    private volatile FrozenSet<LoadKey> _scraped = [];
    private volatile FrozenDictionary<TunnelSource, LoadKey[]> _byTunnel =
        FrozenDictionary<TunnelSource, LoadKey[]>.Empty;
    private volatile FrozenDictionary<ProbeKey, LoadKey[]> _byProbe = FrozenDictionary<ProbeKey, LoadKey[]>.Empty;

    private readonly ControlLoop _loop;
    private long _weighed;

    /// <param name="loop">The control loop.</param>
    /// <param name="tunnels">Opens connections to services behind tunnels.</param>
    /// <param name="time">The clock.</param>
    public LoadFeature(ControlLoop loop, Func<TunnelSource, CancellationToken, ValueTask<Stream>> tunnels,
        TimeProvider time)
    {
        (_loop, _time) = (loop, time);
        _book = new LoadBook(time, WeightLaw.StaleAfter);
        _sampler = new LoadSampler(time, Add, tunnels);
    }

    public string Name => "loads";

    public ILoads Book => _book;

    /// <summary>Readings of metrics since the start, and how many of them failed.</summary>
    public (long Completed, long Failed) Scrapes => _sampler.Scrapes;

    /// <inheritdoc cref="LoadSampler.Stalled"/>
    public string? Stalled => _sampler.Stalled;

    /// <summary>What was wrong with the last reading of an address's metrics, or null.</summary>
    public string? FaultOf(LoadKey key) => _sampler.FaultOf(key);

    /// <summary>
    /// The gateway, which is given what addresses say by other ways than their answers; null for none.
    /// </summary>
    public GatewayCore? Gateway
    {
        get => _gateway;
        set => _gateway = value;
    }

    // The law counts in ticks of its own, which are longer than those of the loop.
    public void Tick(DateTimeOffset now)
    {
        if (_time.GetElapsedTime(_weighed) < WeightLaw.Tick)
            return;
        _weighed = _time.GetTimestamp();
        _loop.Swap(Step(_loop.State.Table));
    }

    public void Commit(NodeState before, NodeState now)
    {
        if (!ReferenceEquals(before.Resources, now.Resources))
            Update(now.Table);
    }

    private void Update(SteeringTable table)
    {
        var addresses = table.Endpoints.SelectMany(e => e.AllPools)
            .SelectMany(p => p.Addresses, (pool, address) => (Pool: pool, Address: address, Key: pool.KeyOf(address)))
            .DistinctBy(a => a.Key).ToArray();
        _book.Keep(addresses.Select(a => a.Key).ToHashSet());
        _byProbe = addresses.Where(a => a.Address.Shape.Probe is not null && a.Pool.Shape.Signal is { Health: true })
            .GroupBy(a => a.Address.Shape.Probe!.Value, a => a.Key).ToFrozenDictionary(g => g.Key, g => g.ToArray());
        _byTunnel = addresses.Where(a => a.Address.Shape.Source.Tunnel is not null
            && a.Pool.Shape.Signal is { Health: true })
            .GroupBy(a => a.Address.Shape.Source.Tunnel!, a => a.Key).ToFrozenDictionary(g => g.Key, g => g.ToArray());
        var targets = addresses.Where(a => a.Pool.Shape.Signal?.Scrape is not null)
            .Select(a => new LoadTarget(a.Key, a.Pool.Shape.Signal!, a.Address.Shape.Source.Tunnel)).ToArray();
        _scraped = targets.Select(t => t.Key).ToFrozenSet();
        _sampler.Update(targets);
    }

    /// <summary>An answer to a probe may say how busy the address is.</summary>
    public void ReportProbe(ProbeKey probe, ProbeResult result)
    {
        if (result.Load is not { } load || !_byProbe.TryGetValue(probe, out var keys))
            return;
        foreach (var key in keys)
            Add(key, new LoadFigure(result.At, LoadSource.Health) { Given = load });
    }

    /// <summary>Services behind tunnels said to their agents how busy they are.</summary>
    public void ReportTunnels(IEnumerable<(string Agent, string Service, double Load)> loads)
    {
        var byTunnel = _byTunnel;
        foreach (var (agent, service, load) in loads)
        {
            foreach (var key in byTunnel.GetValueOrDefault(new TunnelSource { Agent = agent, Service = service }, []))
                Add(key, new LoadFigure(_time.GetUtcNow(), LoadSource.Health) { Given = load });
        }
    }

    /// <summary>
    /// An answer that the gateway forwarded said how busy the address is; the gateway knows it already.
    /// </summary>
    public void ReportAnswer(LoadKey key, LoadFigure figure) => _book.Add(key, figure);

    private SteeringTable Step(SteeringTable table)
    {
        foreach (var (key, figure, capacity) in _gateway?.Loads ?? [])
        {
            // Metrics that cannot be read are no reason to take one gateway's share of the work for all of it.
            if (!_scraped.Contains(key))
                _book.Add(key, figure);
            _book.Learn(key, capacity);
        }

        return table.WithLoads(_book, _time.GetUtcNow());
    }

    public ValueTask DisposeAsync() => _sampler.DisposeAsync();

    private void Add(LoadKey key, LoadFigure figure)
    {
        _book.Add(key, figure);
        _gateway?.Observe(key, figure);
    }
}
