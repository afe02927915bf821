using System.Collections.Immutable;
using Meridian.Fleet.Votes;
using Meridian.Health;
using Meridian.Health.Probes;
using Meridian.Model.Verdicts;
using Meridian.NameServer.Flattening;
using Meridian.Running.Control;
using Meridian.State;
using Meridian.Steering;

namespace Meridian.Running.Features;

/// <summary>Probes what the tables want probed, keeps each verdict, and says what is known of addresses.</summary>
internal sealed class HealthFeature : IJudge, IVerdictObserver, IAsyncDisposable
{
    private readonly Prober _prober;
    private readonly HostResolver _resolver;
    private readonly TunnelFeature _tunnels;
    private readonly IVerdictStore _store;
    private readonly History _history;
    private readonly string _node;
    private readonly TimeProvider _time;
    private IReadOnlyDictionary<ProbeKey, Verdict>? _remembered;
    private ImmutableArray<ProbeTarget> _followed = [];

    public HealthFeature(HostResolver resolver, TunnelFeature tunnels, IVerdictStore store, History history,
        string node, Action<VerdictChange> changed, Action<ProbeKey, ProbeResult> probed, Action<Exception> faulted,
        TimeProvider time)
    {
        (_resolver, _tunnels, _store, _history, _node, _time) = (resolver, tunnels, store, history, node, time);
        _remembered = store.Read();
        _prober = new Prober(time);
        Engine = new HealthEngine(_prober, time, changed, probed, faulted);
    }

    public string Name => "health";

    public HealthEngine Engine { get; }

    /// <summary>The other nodes that judge too; null for none.</summary>
    public FleetFeature? Fleet { get; set; }

    /// <inheritdoc cref="Prober.StalledFeed"/>
    public string? StalledFeed => _prober.StalledFeed;

    public void Follow(IReadOnlyCollection<ProbeTarget> targets)
    {
        if (_remembered is null && _followed.SequenceEqual(targets))
            return;
        Engine.Update(targets, _remembered);
        _remembered = null;
        _followed = [.. targets];
    }

    public IVerdicts Judge(NodeState state) => new NodeVerdicts(Engine, state.Overrides.At(_time.GetUtcNow()),
        _resolver, state.Readiness, _tunnels, Fleet?.Held ?? ImmutableDictionary<ProbeKey, FleetVerdict>.Empty, _node,
        state.IsLeaving);

    public void Weigh(ImmutableArray<VerdictChange> changes) => Fleet?.Weigh(changes);

    public void Observe(ImmutableArray<VerdictChange> changes, NodeState now)
    {
        foreach (var change in changes.Where(c => c.Turned || c.Before.Remembered))
        {
            _store.Save(change.Key, change.After);
            if (change.Turned)
                _history.Record(VerdictEvents.LevelOf(change), VerdictEvents.Of(change, now.Table));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _prober.Dispose();
    }
}
