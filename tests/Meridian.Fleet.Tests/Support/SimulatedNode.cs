using System.Collections.Immutable;
using Meridian.Fleet.Intent;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests.Support;

/// <summary>A node of a <see cref="SimulatedFleet"/>: what its probes see is what the test says.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedFleet _fleet;
    private readonly Dictionary<ProbeKey, Verdict> _probed = [];
    private readonly Queue<SharedUpdate> _heard = [];

    // What waits for a session, as LeasedKeys keeps it: the newest of each key.
    private readonly Dictionary<string, string> _wanted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unwritten = new(StringComparer.Ordinal);
    private long _session;

    public SimulatedNode(SimulatedFleet fleet, string name, string region)
    {
        (_fleet, Name, Region) = (fleet, name, region);
        Store = fleet.Cluster.Connect();
        Judge = new FleetJudge(new Member(name, name, region, "1.0", fleet.Now, null), Probed);
        Want(Judge.Introduction);
        Take(Judge.Follow(fleet.Targets, fleet.Now));
        Store.Start(_heard.Enqueue, () => { });
    }

    public string Name { get; }

    public string Region { get; }

    public MemoryStore Store { get; }

    /// <summary>Whether it reaches none of its reference addresses.</summary>
    public bool IsCutOff { get; set; }

    public FleetJudge Judge { get; }

    /// <summary>Probes that another node's word made this one send at once.</summary>
    public List<ProbeKey> Suspected { get; } = [];

    /// <summary>How many probes of a target in a row have failed; at 2 it is down.</summary>
    private readonly Dictionary<ProbeKey, int> _failures = [];

    public Verdict Probed(ProbeKey key) => _probed.GetValueOrDefault(key, Verdict.Unknown);

    /// <summary>What the node answers with.</summary>
    public VerdictState Of(ProbeKey key) =>
        Judge.Held.GetValueOrDefault(key)?.Verdict.State ?? Probed(key).State;

    public FleetVerdict? Held(ProbeKey key) => Judge.Held.GetValueOrDefault(key);

    /// <summary>The overrides that it acts on.</summary>
    public ImmutableArray<Override> Overrides => SharedOverrideStore.In(Store.Current);

    /// <summary>A probe of a target has ended.</summary>
    public void Probe(ProbeKey key, bool ok)
    {
        var before = Probed(key);
        var failures = _failures[key] = ok ? 0 : _failures.GetValueOrDefault(key) + 1;
        var after = before switch
        {
            { State: VerdictState.Unknown } => Turned(ok),
            { State: VerdictState.Up } when ok => before with { Suspected = false },
            { State: VerdictState.Up } when failures < 2 => before with { Suspected = true },
            { State: VerdictState.Down } when !ok => before,
            _ => Turned(ok),
        };
        _probed[key] = after;
        if (before != after)
            Take(Judge.Observe([(key, before, after)], _fleet.Now));
    }

    /// <summary>Hears what has come in, looks at the time, and writes what it has to say.</summary>
    public void Turn()
    {
        while (_heard.TryDequeue(out var update))
            Take(Judge.Receive(update.Now, update.Keys, _fleet.Now));
        Take(Judge.Tick(_fleet.Now, Store.IsAttached, _fleet.Targets.All(t => _probed.ContainsKey(t.Key)),
            IsCutOff));
        Write();
    }

    private Verdict Turned(bool ok) =>
        new(ok ? VerdictState.Up : VerdictState.Down, _fleet.Now, ok ? "200" : "refused");

    private void Take(FleetStep step)
    {
        foreach (var write in step.Writes)
            Want(write);
        Suspected.AddRange(step.Suspected);
    }

    private void Want(SharedWrite write)
    {
        if (write.Value is null)
            _wanted.Remove(write.Key);
        else
            _wanted[write.Key] = write.Value;
        _unwritten.Add(write.Key);
    }

    private void Write()
    {
        if (Store.Session == 0)
            return;
        if (_session != Store.Session)
            _unwritten.UnionWith(_wanted.Keys);
        _session = Store.Session;
        foreach (var chunk in _unwritten.ToArray().Chunk(SharedTransaction.MaxWrites))
        {
            var writes = chunk.Select(k => new SharedWrite(k, _wanted.GetValueOrDefault(k), Leased: true));
            var outcome = Store.CommitAsync(new SharedTransaction([.. writes]), default).GetAwaiter().GetResult();
            if (outcome is SharedOutcome.Committed)
                _unwritten.ExceptWith(chunk);
        }
    }
}
