using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>
/// One node's part in the judgement of all: what it says to the others, what it hears of them, and what it makes of
/// both. Does no I/O and has no clock; one caller at a time.
/// </summary>
/// <param name="self">What the node says of itself.</param>
/// <param name="probed">What its own probes say of a target at this moment.</param>
public sealed class FleetJudge(Member self, Func<ProbeKey, Verdict> probed)
{
    /// <summary>How long the others' words count after the store was lost.</summary>
    public static readonly TimeSpan ClaimHold = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ProbeKey, (TargetId Id, FleetTarget Target)> _targets = [];
    private readonly Dictionary<TargetId, ProbeKey> _keys = [];
    private readonly ClaimBook _book = new(self.Name);
    private SelfDoubt _doubt = SelfDoubt.None;
    private Coverage _coverage = Coverage.None;
    private bool _isCovered;
    private DateTimeOffset? _detachedSince;
    private bool _isHeld = true;
    private NodeDrain? _drain;
    private bool _isCutOff;

    /// <summary>What all nodes say.</summary>
    public FleetView View { get; private set; } = FleetView.Empty;

    /// <summary>
    /// The verdicts that are not plainly what this node's probes say; immutable, so that a table is compiled from one
    /// state of it.
    /// </summary>
    public ImmutableDictionary<ProbeKey, FleetVerdict> Held { get; private set; } =
        ImmutableDictionary<ProbeKey, FleetVerdict>.Empty;

    /// <summary>Why the node has no opinion: it is drained, or does not believe its own probes; null while it has
    /// one.</summary>
    public string? Illness => _drain?.Illness
        ?? (_isCutOff ? "reaches none of its reference addresses" : _doubt.Illness);

    /// <summary>Whether a person has drained this node.</summary>
    public bool IsDrained => _drain is not null;

    /// <summary>The node's own word on itself, for the shared store.</summary>
    public SharedWrite Introduction => new(FleetKeys.Node(self.Name),
        JsonSerializer.Serialize(self with { Illness = Illness }, FleetJson.Default.Member), Leased: true);

    /// <summary>Sets what is judged.</summary>
    public FleetStep Follow(IReadOnlyCollection<FleetTarget> targets, DateTimeOffset now)
    {
        _targets.Clear();
        _keys.Clear();
        var texts = targets.Select(t => t.Check).Distinct().ToDictionary(c => c, TargetId.ProbeText);
        foreach (var target in targets)
        {
            var id = TargetId.Of(target.Key, texts[target.Check], target.Site);
            _targets[target.Key] = (id, target);
            _keys[id] = target.Key;
        }

        _coverage = Coverage.Of(_keys.Keys);
        _isCovered = false;
        Held = Held.RemoveRange(Held.Keys.Where(k => !_targets.ContainsKey(k)));
        var writes = _book.Follow(_targets.Select(t => (t.Value.Id, t.Value.Target.Site, probed(t.Key))));
        return Weigh(_targets.Keys, now) with { Writes = [.. writes] };
    }

    /// <summary>Hears what has changed in the shared store.</summary>
    public FleetStep Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys, DateTimeOffset now)
    {
        var illness = Illness;
        View = View.After(snapshot, keys);
        _drain = DrainAt(now);
        var touched = Illness != illness || keys.Any(IsOfMany)
            ? Contested()
            : [.. keys.Select(KeyOf).OfType<ProbeKey>()];
        var step = Weigh(touched, now);
        return step with
        {
            Writes = Illness == illness ? [] : [Introduction],
            Suspected = [.. step.Judged.Where(IsNews)],
        };
    }

    /// <summary>Takes in what the node's own probes have changed their minds about.</summary>
    public FleetStep Observe(IEnumerable<(ProbeKey Key, Verdict Before, Verdict After)> changes, DateTimeOffset now)
    {
        var writes = ImmutableArray.CreateBuilder<SharedWrite>();
        var keys = new List<ProbeKey>();
        var wasIll = Illness is not null;
        foreach (var (key, before, after) in changes)
        {
            if (!_targets.TryGetValue(key, out var target))
                continue;
            keys.Add(key);
            writes.AddRange(_book.Set(target.Id, after));
            if (before.State == VerdictState.Up && after.State == VerdictState.Down && View.Members.Count > 1)
                _doubt = _doubt.Lose(target.Target.Site ?? "", _targets.Count, now);
        }

        if (Illness is null == wasIll)
            writes.Add(Introduction);
        return Weigh(Illness is null == wasIll ? Contested() : keys, now) with { Writes = writes.ToImmutable() };
    }

    /// <summary>Looks at the time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isAttached">Whether what is known of the others follows the store.</param>
    /// <param name="hasProbedAll">Whether the node has an opinion on all of its targets.</param>
    /// <param name="isCutOff">Whether the node reaches none of its reference addresses.</param>
    public FleetStep Tick(DateTimeOffset now, bool isAttached, bool hasProbedAll, bool isCutOff = false)
    {
        var writes = ImmutableArray.CreateBuilder<SharedWrite>();
        if (hasProbedAll && !_isCovered)
        {
            _isCovered = true;
            writes.Add(new SharedWrite(FleetKeys.CoverageOf(self.Name), _coverage.ToString(), Leased: true));
        }

        var (illness, wasHeld) = (Illness, _isHeld);
        (_doubt, _drain, _isCutOff) = (_doubt.At(now), DrainAt(now), isCutOff);
        _detachedSince = isAttached ? null : _detachedSince ?? now;
        _isHeld = _detachedSince is not { } since || now - since < ClaimHold;
        if (Illness != illness)
            writes.Add(Introduction);
        var step = Illness == illness && wasHeld == _isHeld ? FleetStep.Nothing : Weigh(Contested(), now);
        return step with { Writes = writes.ToImmutable() };
    }

    /// <summary>Every node's word on a target, this node's first; empty where it is none.</summary>
    public ImmutableArray<Vote> VotesOn(ProbeKey key) => _targets.TryGetValue(key, out var target)
        ? [OwnVote(probed(key)), .. Others(target.Id, target.Target)]
        : [];

    private NodeDrain? DrainAt(DateTimeOffset now) =>
        View.Drains.GetValueOrDefault(self.Name) is { } drain && drain.IsActive(now) ? drain : null;

    private FleetStep Weigh(IReadOnlyCollection<ProbeKey> keys, DateTimeOffset now)
    {
        var held = Held.ToBuilder();
        foreach (var key in keys)
        {
            if (!_targets.TryGetValue(key, out var target))
                continue;
            var own = probed(key);
            if (Judge(key, target.Id, target.Target, own, now) is { } verdict)
                held[key] = verdict;
            else
                held.Remove(key);
        }

        Held = held.ToImmutable();
        return new FleetStep { Judged = [.. keys] };
    }

    // Null where the node's own probes say it all.
    private FleetVerdict? Judge(ProbeKey key, TargetId id, FleetTarget target, Verdict own, DateTimeOffset now)
    {
        // Nearly all of them, most of the time: nobody's votes are put together for those.
        if (_isHeld && Illness is null && own is { State: VerdictState.Up, Suspected: false, Remembered: false }
            && !View.Mentions(id, target.Site))
            return null;
        var before = Held.GetValueOrDefault(key);
        var others = Others(id, target);
        if (others.IsEmpty)
            return IsKeptDown(before, own) ? before : null;
        var vote = OwnVote(own);
        return QuorumJudge.IsContested(vote, others)
            ? QuorumJudge.Judge(target.Check.Vantages, own, vote, others, before, now)
            : null;
    }

    // With the store away nothing comes back that all held down, unless this node itself has seen it recover.
    private bool IsKeptDown(FleetVerdict? before, Verdict own) => _detachedSince is { } since
        && before is { Agreed: VerdictState.Down } && own.State == VerdictState.Up && own.Since <= since;

    private ImmutableArray<Vote> Others(TargetId id, FleetTarget target) =>
        _isHeld ? View.VotesOn(id, target.Site, _coverage, self.Name) : [];

    private Vote OwnVote(Verdict own) => Vote.Of(self.Name, self.Region, own, Illness);

    private HashSet<ProbeKey> Contested()
    {
        var grouped = View.Grouped.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Held.Keys,
            .. View.Claimed.Where(_keys.ContainsKey).Select(id => _keys[id]),
            .. from target in _targets
               where (target.Value.Target.Site is { } site && grouped.Contains(site))
                   || probed(target.Key).State != VerdictState.Up
               select target.Key,
        ];
    }

    // A key that may change what a node says of any target.
    private static bool IsOfMany(string key) => key.StartsWith(FleetKeys.Nodes, StringComparison.Ordinal)
        || key.StartsWith(FleetKeys.Coverages, StringComparison.Ordinal)
        || key.StartsWith(FleetKeys.Groups, StringComparison.Ordinal);

    private ProbeKey? KeyOf(string key) =>
        key.LastIndexOf('/') is > 0 and var slash && TargetId.TryParse(key.AsSpan(slash + 1), out var id)
            && _keys.TryGetValue(id, out var probe) ? probe : null;

    // Another node sees trouble where this one sees none.
    private bool IsNews(ProbeKey key) => probed(key) is { State: VerdictState.Up, Suspected: false }
        && Held.GetValueOrDefault(key) is { } held
        && held.Votes.Skip(1).Any(v => v.State is VoteState.Suspects or VoteState.Down);
}
