using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Fleet;
using Meridian.Fleet.Intent;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Votes;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.State.Shared;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// This node's part in a cluster of nodes that share a store: it says what its probes see, hears what the others see,
/// and judges by both. Without the store it goes on by itself.
/// </summary>
internal sealed class FleetFeature : IFeature, IAsyncDisposable
{
    private static readonly TimeSpan IntroductionPause = TimeSpan.FromSeconds(10);

    private readonly ISharedStore _store;
    private readonly ControlLoop _loop;
    private readonly OverrideFeature _overrides;
    private readonly SharedOverrideStore _kept;
    private readonly History _history;
    private readonly Member _self;
    private readonly FleetJudge _judge;
    private readonly LeasedKeys _keys;
    private readonly ConcurrentQueue<SharedUpdate> _updates = [];
    private readonly Func<HealthEngine> _health;
    private readonly ImmutableArray<ISharedPart> _parts;

    // What has changed in a store into which nothing may be written yet, and of which nothing counts.
    private readonly HashSet<string> _notAdmitted = new(StringComparer.Ordinal);
    private ImmutableArray<FleetTarget> _followed = [];
    private int _isPosted;
    private DateTimeOffset _introduced = DateTimeOffset.MinValue;
    private bool _isDrained;
    private bool _isAttached;
    private volatile string? _fault;
    private volatile FleetReport _report = FleetReport.Empty;

    public FleetFeature(ISharedStore store, Member self, ControlLoop loop, OverrideFeature overrides,
        SharedOverrideStore kept, History history, Func<HealthEngine> health, TimeProvider time,
        ImmutableArray<ISharedPart> parts = default)
    {
        _parts = parts.IsDefault ? [] : parts;
        (_store, _self, _loop, _overrides, _kept, _history, _health) =
            (store, self, loop, overrides, kept, history, health);
        _judge = new FleetJudge(self, key => health().Of(key));
        _keys = new LeasedKeys(store, time);
        _keys.Set([_judge.Introduction]);
        Register = new NodeRegister(store);
    }

    public string Name => "fleet";

    /// <summary>Called on the control loop when a person has drained this node, and when it is let back.</summary>
    public Action<bool>? Drained { get; init; }

    /// <summary>Where the node has reference addresses: whether it reaches any of them.</summary>
    public ReferenceWatch? References { get; init; }

    /// <summary>Which nodes there are, and which are drained.</summary>
    public NodeRegister Register { get; }

    /// <summary>The verdicts that other nodes have a part in; the node's own probes say the others.</summary>
    public ImmutableDictionary<ProbeKey, FleetVerdict> Held => _report.Held;

    /// <summary>What the node knows of the cluster.</summary>
    public FleetReport Report => _report with
    {
        IsAttached = _store.IsAttached,
        Trouble = _store.Trouble,
        Fault = Fault,
        Written = _keys.Written,
        Waiting = _keys.Waiting,
        Revision = _store.Current.Revision,
    };

    /// <summary>What a person must see to, or null.</summary>
    public string? Fault => _fault ?? _store.Fault ?? (_kept.Local.FirstOrDefault() is { } local
        ? $"the override on {local.Target} by {local.Author} holds at this node alone, until {local.Expires:u}" : null);

    /// <summary>Whether overrides that are set now reach all nodes.</summary>
    public bool IsAttached => _store.IsAttached;

    /// <summary>Begins to follow the shared store; its first list comes by itself.</summary>
    public void Start() => _store.Start(Receive, _keys.Wake);

    /// <summary>Takes in changed verdicts of the node's own probes, before anything is judged by them.</summary>
    public void Weigh(ImmutableArray<VerdictChange> changes) =>
        Act(_judge.Observe(changes.Select(c => (c.Key, c.Before, c.After)), _loop.Now));

    public void Commit(NodeState before, NodeState now)
    {
        if (ReferenceEquals(before.Resources, now.Resources))
            return;
        var targets = TargetsOf(now);
        if (targets.SequenceEqual(_followed))
            return;
        _followed = targets;
        Act(_judge.Follow(targets, _loop.Now));
    }

    public void Tick(DateTimeOffset now)
    {
        Act(_judge.Tick(now, _store.IsAttached, _health().FirstRoundDone,
            References is { IsCutOff: true }));
        Introduce(now);
        if (_isAttached == _store.IsAttached)
            return;
        _isAttached = _store.IsAttached;
        if (_isAttached)
            _history.Record(LogLevel.Information, "node", _self.Name, "the shared store is followed");
        else
            _history.Record(LogLevel.Warning, "node", _self.Name,
                $"the shared store is away: {_store.Trouble}; this node goes on by itself");
    }

    /// <summary>Every node's word on a target, this node's first.</summary>
    public ImmutableArray<Vote> VotesOn(ProbeKey key) => Held.GetValueOrDefault(key)?.Votes ?? [];

    public async ValueTask DisposeAsync()
    {
        if (References is not null)
            await References.DisposeAsync();
        await _keys.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static ImmutableArray<FleetTarget> TargetsOf(NodeState state)
    {
        var sites = new Dictionary<ProbeKey, string?>();
        foreach (var address in state.Table.Endpoints.SelectMany(e => e.AllPools).SelectMany(p => p.Addresses))
        {
            if (address.Shape.Probe is { } probe)
                sites.TryAdd(probe, address.Shape.Site);
        }

        return
        [
            .. from target in ProbeTargets.Of(state.Table, state.Resources)
               select new FleetTarget(target.Key, target.Check, sites.GetValueOrDefault(target.Key)),
        ];
    }

    // On the store's thread. A storm of changes is one message.
    private void Receive(SharedUpdate update)
    {
        _updates.Enqueue(update);
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            _ = _loop.PostAsync(Name, Hear);
    }

    private void Hear()
    {
        Volatile.Write(ref _isPosted, 0);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        SharedSnapshot? snapshot = null;
        while (_updates.TryDequeue(out var update))
        {
            snapshot = update.Now;
            keys.UnionWith(update.Keys);
        }

        if (snapshot is null)
            return;
        Admit(snapshot, keys);
        var before = _judge.View;
        Act(_judge.Receive(snapshot, keys, _loop.Now));
        MemberEvents.Record(_history, before, _judge.View);
        if (keys.Any(k => k.StartsWith(FleetKeys.Overrides, StringComparison.Ordinal)))
        {
            _overrides.Adopt(new OverrideBook(_kept.At(snapshot)));
            _kept.Copy();
        }

        _notAdmitted.UnionWith(keys);
        if (_keys.IsPaused)
            return;
        foreach (var part in _parts)
            part.Receive(snapshot, _notAdmitted);
        _notAdmitted.Clear();
    }

    // Nothing is written into a store that nobody has prepared, or that another version has changed.
    private void Admit(SharedSnapshot snapshot, HashSet<string> keys)
    {
        var wasRefused = _fault is not null;
        var isNamesake = _keys.Written > 0 && _store.Session != 0 && FleetView.Empty
            .After(snapshot, [FleetKeys.Node(_self.Name)]).Members.GetValueOrDefault(_self.Name) is { } holder
            && holder.Process != _self.Process;
        _fault = StoreFormat.FaultOf(snapshot) ?? (isNamesake
            ? $"another node is named {_self.Name} too; give one of them another --node" : null);
        if (_fault is not null && !wasRefused)
            _history.Record(LogLevel.Error, "node", _self.Name, _fault);
        _keys.IsPaused = StoreFormat.FaultOf(snapshot) is not null;
        if (_keys.IsPaused)
            return;
        _keys.Start();

        // Of two of one name only the one that holds it does so, or they would write against each other for ever.
        if (!isNamesake && (wasRefused || keys.Any(IsOwn)))
            _keys.Restore(snapshot);
    }

    private bool IsOwn(string key) => key == FleetKeys.Node(_self.Name) || key == FleetKeys.CoverageOf(_self.Name)
        || key.StartsWith($"{FleetKeys.Claims}{_self.Name}/", StringComparison.Ordinal)
        || key.StartsWith($"{FleetKeys.Groups}{_self.Name}/", StringComparison.Ordinal);

    // Once for each version of the program: the node is known then when it is not here any more.
    private void Introduce(DateTimeOffset now)
    {
        var known = new KnownNode(_self.Name, _self.Region, _self.Version);
        if (!_store.IsAttached || (_fault ?? _store.Fault) is not null || now - _introduced < IntroductionPause
            || _judge.View.Known.GetValueOrDefault(_self.Name) == known)
            return;
        _introduced = now;
        _ = Register.IntroduceAsync(known);
    }

    private void Act(FleetStep step)
    {
        _keys.Set(step.Writes);
        _report = new FleetReport
        {
            Members = _judge.View.Members,
            Known = _judge.View.Known,
            Drains = _judge.View.Drains.RemoveRange(_judge.View.Drains.Where(d => !d.Value.IsActive(_loop.Now))
                .Select(d => d.Key)),
            Held = _judge.Held,
            Illness = _judge.Illness,
            Self = _self,
        };
        foreach (var key in step.Suspected)
            _health().Suspect(key);
        _loop.Rejudge(step.Judged);
        if (_isDrained == _judge.IsDrained)
            return;
        _isDrained = _judge.IsDrained;
        Drained?.Invoke(_isDrained);
    }
}
