using System.Collections.Immutable;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Votes;
using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>What all nodes say, read from one snapshot of the shared store. Immutable.</summary>
public sealed record FleetView
{
    private static readonly ImmutableDictionary<string, Claim> NoClaims =
        ImmutableDictionary.Create<string, Claim>(StringComparer.Ordinal);

    public static FleetView Empty { get; } = new();

    /// <summary>The nodes whose sessions last, by name.</summary>
    public ImmutableSortedDictionary<string, Member> Members { get; private init; } =
        ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal);

    /// <summary>The nodes that have ever joined and were not forgotten, by name.</summary>
    public ImmutableSortedDictionary<string, KnownNode> Known { get; private init; } =
        ImmutableSortedDictionary.Create<string, KnownNode>(StringComparer.Ordinal);

    /// <summary>What people have decided of nodes, by the node's name.</summary>
    public ImmutableSortedDictionary<string, NodeDrain> Drains { get; private init; } =
        ImmutableSortedDictionary.Create<string, NodeDrain>(StringComparer.Ordinal);

    private ImmutableDictionary<string, Coverage> Coverages { get; init; } =
        ImmutableDictionary.Create<string, Coverage>(StringComparer.Ordinal);

    // By target and then by node: of a judged target its own votes alone are looked at.
    private ImmutableDictionary<TargetId, ImmutableDictionary<string, Claim>> Claims { get; init; } =
        ImmutableDictionary<TargetId, ImmutableDictionary<string, Claim>>.Empty;

    private ImmutableDictionary<(string Node, string Site), Claim> Groups { get; init; } =
        ImmutableDictionary<(string, string), Claim>.Empty;

    /// <summary>Targets of which some node says something.</summary>
    public IEnumerable<TargetId> Claimed => Claims.Keys;

    /// <summary>Sites of which some node says something as a whole.</summary>
    public IEnumerable<string> Grouped => Groups.Keys.Select(g => g.Site).Distinct();

    /// <summary>Whether any node says anything of a target, or of its site as a whole.</summary>
    public bool Mentions(TargetId target, string? site) => Claims.ContainsKey(target)
        || (site is not null && Groups.Keys.Any(g => g.Site == site));

    /// <summary>The view after some keys have changed; what cannot be read counts as no opinion.</summary>
    public FleetView After(SharedSnapshot now, IEnumerable<string> keys) =>
        keys.Aggregate(this, (view, key) => view.With(key, now.Entries.GetValueOrDefault(key)?.Value));

    /// <summary>What the other nodes say of a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="site">Its site; null for none.</param>
    /// <param name="coverage">What this node probes.</param>
    /// <param name="self">The name of this node.</param>
    public ImmutableArray<Vote> VotesOn(TargetId target, string? site, Coverage coverage, string self)
    {
        var claims = Claims.GetValueOrDefault(target, NoClaims);
        return
        [
            .. from member in Members.Values
               where member.Name != self
               select VoteOf(member, claims, target, site, coverage),
        ];
    }

    private Vote VoteOf(Member member, ImmutableDictionary<string, Claim> claims, TargetId target, string? site,
        Coverage coverage)
    {
        Vote With(VoteState state, DateTimeOffset since, string reason) =>
            new(member.Name, member.Region, state, since, reason);

        if (member.Illness is { } illness)
            return With(VoteState.Abstains, default, illness);
        if (!Coverages.TryGetValue(member.Name, out var covered) || !coverage.Shares(target, covered))
            return With(VoteState.Abstains, default, "does not probe it, or has another configuration");
        var claim = claims.GetValueOrDefault(member.Name)
            ?? (site is null ? null : Groups.GetValueOrDefault((member.Name, site)));
        return claim switch
        {
            null or { State: ClaimState.Up } => With(VoteState.Up, default, "probes succeed"),
            { State: ClaimState.Suspect } => With(VoteState.Suspects, claim.Since, claim.Reason),
            { State: ClaimState.Down } => With(VoteState.Down, claim.Since, claim.Reason),
            _ => With(VoteState.Abstains, claim.Since, "its word cannot be read by this version"),
        };
    }

    private FleetView With(string key, string? value)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal) + 1;
        var (sort, rest) = (key[..slash], key[slash..]);
        return sort switch
        {
            FleetKeys.Nodes => WithMember(rest, value),
            FleetKeys.Coverages => WithCoverage(rest, value),
            FleetKeys.Claims => WithClaim(rest, value),
            FleetKeys.Groups => WithGroup(rest, value),
            FleetKeys.KnownNodes => WithKnown(rest, value),
            FleetKeys.Drains => WithDrain(rest, value),
            _ => this,
        };
    }

    private FleetView WithMember(string node, string? value) =>
        value is not null && FleetJson.Read(value, FleetJson.Default.Member) is { Region: not null } member
            ? this with { Members = Members.SetItem(node, member with { Name = node }) }
            : this with { Members = Members.Remove(node) };

    private FleetView WithKnown(string node, string? value) =>
        value is not null && FleetJson.Read(value, FleetJson.Default.KnownNode) is
        { Region: not null, Version: not null } known
            ? this with { Known = Known.SetItem(node, known with { Name = node }) }
            : this with { Known = Known.Remove(node) };

    private FleetView WithDrain(string node, string? value) =>
        value is not null && FleetJson.Read(value, FleetJson.Default.NodeDrain) is { IsWhole: true } drain
            ? this with { Drains = Drains.SetItem(node, drain) }
            : this with { Drains = Drains.Remove(node) };

    private FleetView WithCoverage(string node, string? value) =>
        value is not null && Coverage.Parse(value) is { } coverage
            ? this with { Coverages = Coverages.SetItem(node, coverage) }
            : this with { Coverages = Coverages.Remove(node) };

    private FleetView WithClaim(string rest, string? value)
    {
        if (!TrySplit(rest, out var node, out var text) || !TargetId.TryParse(text, out var target))
            return this;
        var claims = Claims.GetValueOrDefault(target, NoClaims);
        claims = value is null ? claims.Remove(node) : claims.SetItem(node, ClaimOf(value));
        return this with { Claims = claims.IsEmpty ? Claims.Remove(target) : Claims.SetItem(target, claims) };
    }

    private FleetView WithGroup(string rest, string? value)
    {
        if (!TrySplit(rest, out var node, out var site))
            return this;
        var key = (node, site);
        return this with { Groups = value is null ? Groups.Remove(key) : Groups.SetItem(key, ClaimOf(value)) };
    }

    private static Claim ClaimOf(string value) => FleetJson.Read(value, FleetJson.Default.Claim) is { Reason: not null }
        claim ? claim : new Claim(ClaimState.Unreadable, default, "");

    private static bool TrySplit(string rest, out string node, out string what)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        (node, what) = slash < 0 ? ("", "") : (rest[..slash], rest[(slash + 1)..]);
        return slash > 0 && what.Length > 0;
    }
}
