using System.Text.Json;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;

namespace Meridian.Fleet.Votes;

/// <summary>
/// What this node has to say to the others: a claim for each target that is not plainly up, or one for a whole site
/// once all of its targets are down. Keeps what is said and gives the writes that lead to what is to be said; never
/// more than the targets there are.
/// </summary>
/// <param name="node">The name of this node.</param>
public sealed class ClaimBook(string node)
{
    /// <summary>Fewer targets of a site than this are told one by one.</summary>
    public const int LeastGroup = 8;

    private readonly Dictionary<TargetId, ClaimedTarget> _targets = [];
    private readonly Dictionary<string, ClaimedSite> _sites = new(StringComparer.Ordinal);

    /// <summary>Sets what is probed; says what is to be written for those that are gone, or stand elsewhere.</summary>
    /// <param name="targets">Every target, once, with its site and what is known of it.</param>
    public IEnumerable<SharedWrite> Follow(IEnumerable<(TargetId Id, string? Site, Verdict Verdict)> targets)
    {
        var before = Said().ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal);
        _targets.Clear();
        _sites.Clear();
        foreach (var (id, site, verdict) in targets)
        {
            _targets[id] = new ClaimedTarget(site, ClaimOf(verdict));
            if (site is not null)
                SiteOf(site).Add(id, IsDown(verdict));
        }

        foreach (var site in _sites.Values)
            site.IsGrouped = site.Down == site.Targets.Count && site.Down >= LeastGroup;
        var now = Said().ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal);
        return
        [
            .. now.Where(w => before.GetValueOrDefault(w.Key) != w.Value).Select(w => Write(w.Key, w.Value)),
            .. before.Keys.Where(k => !now.ContainsKey(k)).Select(k => Write(k, null)),
        ];
    }

    /// <summary>Says what is to be written after the verdict of one target has changed.</summary>
    public IEnumerable<SharedWrite> Set(TargetId id, Verdict verdict)
    {
        if (!_targets.TryGetValue(id, out var target))
            return [];
        var claim = ClaimOf(verdict);
        _targets[id] = target with { Claim = claim };
        if (target.Site is null)
            return [Individual(id, claim)];
        var site = SiteOf(target.Site);
        site.Down += (IsDown(verdict) ? 1 : 0) - (target.Claim?.State == ClaimState.Down ? 1 : 0);
        if (!site.IsGrouped && site.Down == site.Targets.Count && site.Down >= LeastGroup)
            return Group(target.Site, site, claim!);
        if (site.IsGrouped && 2 * site.Down < site.Targets.Count)
            return Ungroup(target.Site, site);

        // Under a group the exception is what has to be said.
        return [Individual(id, claim, site.IsGrouped)];
    }

    /// <summary>Everything that is to be said now.</summary>
    public IEnumerable<SharedWrite> Said() =>
    [
        .. from site in _sites
           where site.Value.IsGrouped
           select Write(FleetKeys.Group(node, site.Key), Text(GroupOf(site.Value))),
        .. from target in _targets
           let isGrouped = target.Value.Site is { } name && SiteOf(name).IsGrouped
           let write = Individual(target.Key, target.Value.Claim, isGrouped)
           where write.Value is not null
           select write,
    ];

    private IEnumerable<SharedWrite> Group(string name, ClaimedSite site, Claim last)
    {
        site.IsGrouped = true;
        return
        [
            Write(FleetKeys.Group(node, name), Text(last)),
            .. site.Targets.Select(id => Write(FleetKeys.Claim(node, id), null)),
        ];
    }

    // What is still down is said by itself before the word on all of them is taken back.
    private IEnumerable<SharedWrite> Ungroup(string name, ClaimedSite site)
    {
        site.IsGrouped = false;
        return
        [
            .. site.Targets.Select(id => Individual(id, _targets[id].Claim)).Where(w => w.Value is not null),
            Write(FleetKeys.Group(node, name), null),
            .. site.Targets.Select(id => Individual(id, _targets[id].Claim)).Where(w => w.Value is null),
        ];
    }

    private SharedWrite Individual(TargetId id, Claim? claim, bool isGrouped = false) =>
        Write(FleetKeys.Claim(node, id), (isGrouped, claim) switch
        {
            (false, null) or (true, { State: ClaimState.Down }) => null,
            (true, null) => Text(new Claim(ClaimState.Up, default, "")),
            _ => Text(claim!),
        });

    // Its claims all say the same; the earliest says since when.
    private Claim GroupOf(ClaimedSite site) =>
        site.Targets.Select(id => _targets[id].Claim).Where(c => c?.State == ClaimState.Down).MinBy(c => c!.Since)!;

    private ClaimedSite SiteOf(string name) =>
        _sites.TryGetValue(name, out var site) ? site : _sites[name] = new ClaimedSite();

    private static SharedWrite Write(string key, string? value) => new(key, value, Leased: true);

    private static string Text(Claim claim) => JsonSerializer.Serialize(claim, FleetJson.Default.Claim);

    private static bool IsDown(Verdict verdict) => verdict.State == VerdictState.Down;

    // Of what was never probed nothing is said: the node does not cover it yet.
    private static Claim? ClaimOf(Verdict verdict) => verdict switch
    {
        { State: VerdictState.Down } => new Claim(ClaimState.Down, verdict.Since, verdict.Cause),
        { State: VerdictState.Up, Suspected: true } => new Claim(ClaimState.Suspect, verdict.Since, verdict.Reason),
        _ => null,
    };

    private readonly record struct ClaimedTarget(string? Site, Claim? Claim);

    private sealed class ClaimedSite
    {
        public List<TargetId> Targets { get; } = [];

        public int Down { get; set; }

        public bool IsGrouped { get; set; }

        public void Add(TargetId id, bool isDown)
        {
            Targets.Add(id);
            Down += isDown ? 1 : 0;
        }
    }
}
