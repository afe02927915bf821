using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet.Votes;

/// <summary>
/// Makes one verdict of what several nodes say of a target. Pure: every node comes to the same from the same votes, so
/// that nothing needs a leader. One node that cannot reach a target takes it from nobody but its own region; who says
/// nothing counts for nothing.
/// </summary>
public static class QuorumJudge
{
    /// <summary>The verdict of a node.</summary>
    /// <param name="rule">Who judges, and how many must agree.</param>
    /// <param name="probed">What the node's own probes say.</param>
    /// <param name="own">The node's own vote, made of <paramref name="probed"/>.</param>
    /// <param name="others">The votes of the others.</param>
    /// <param name="before">What was held of the target before; null for nothing.</param>
    /// <param name="now">The time, at which a verdict turns that does not say since when.</param>
    public static FleetVerdict Judge(Vantages rule, Verdict probed, Vote own, ImmutableArray<Vote> others,
        FleetVerdict? before, DateTimeOffset now)
    {
        ImmutableArray<Vote> all = [own, .. others];
        var voters = all.Where(v => v.Counts && Judges(rule, v)).ToArray();
        var down = voters.Where(v => v.State == VoteState.Down).OrderBy(v => v.Since).ToArray();
        var needed = rule.Down.Of(voters.Length);
        var agreed = Agree(rule, voters, down, own, before?.Agreed ?? probed.State);
        var state = rule.View switch
        {
            VantageView.Local when own.Counts => probed.State,
            VantageView.Regional when agreed == VerdictState.Up && IsLostTo(own.Region, voters) => VerdictState.Down,
            _ => agreed,
        };
        var verdict = state == probed.State && voters.All(v => v.State == own.State)
            ? probed
            : Tell(state, probed, voters, down, needed, before, now);
        return new FleetVerdict(verdict, agreed, all, needed);
    }

    /// <summary>Whether the judge would say anything but what the node's own probes say.</summary>
    public static bool IsContested(Vote own, ImmutableArray<Vote> others) =>
        own.State != VoteState.Up || others.Any(v => v.State is VoteState.Down or VoteState.Suspects);

    private static bool Judges(Vantages rule, Vote vote) =>
        rule.From.IsDefaultOrEmpty || rule.From.Contains(vote.Node) || rule.From.Contains(vote.Region);

    private static VerdictState Agree(Vantages rule, Vote[] voters, Vote[] down, Vote own, VerdictState before)
    {
        // Nobody has an opinion: what was held holds.
        if (voters.Length == 0)
            return before;

        // Two that disagree cannot both be believed, and a majority of two is both of them: each believes itself.
        if (voters.Length == 2 && down.Length == 1 && rule.Down == default && voters.Contains(own))
            return own.State == VoteState.Down ? VerdictState.Down : VerdictState.Up;
        var regions = voters.Select(v => v.Region).Distinct().Count();
        var isDown = down.Length >= rule.Down.Of(voters.Length)
            && down.Select(v => v.Region).Distinct().Count() >= Math.Min(rule.MinRegions, regions);
        if (isDown)
            return VerdictState.Down;
        var isUp = voters.Length - down.Length >= rule.Up.Of(voters.Length);
        return isUp || before is VerdictState.Unknown ? VerdictState.Up : before;
    }

    // A region has lost a target when most of its nodes have, and not a single one of several.
    private static bool IsLostTo(string region, Vote[] voters)
    {
        var own = voters.Where(v => v.Region == region).ToArray();
        var down = own.Count(v => v.State == VoteState.Down);
        return own.Length < voters.Length && down > 0 && down >= Math.Min(2, own.Length) && 2 * down > own.Length;
    }

    private static Verdict Tell(VerdictState state, Verdict probed, Vote[] voters, Vote[] down, int needed,
        FleetVerdict? before, DateTimeOffset now)
    {
        var turned = state == VerdictState.Down && down.Length >= needed ? down[needed - 1].Since : now;
        var since = before?.Verdict.State == state ? before.Verdict.Since
            : state == probed.State ? probed.Since : turned;
        return new Verdict(state, since, ReasonOf(state, voters, down))
        {
            Cause = before?.Verdict.State == state ? before.Verdict.Cause : ReasonOf(state, voters, down),
            Suspected = state == VerdictState.Up && voters.Any(v => v.State == VoteState.Suspects),
            TtlLimit = probed.TtlLimit,
        };
    }

    private static string ReasonOf(VerdictState state, Vote[] voters, Vote[] down)
    {
        if (down.Length == 0)
            return voters.FirstOrDefault(v => v.State == VoteState.Suspects) is { } suspects
                ? $"{suspects.Node}: {suspects.Reason}"
                : voters.Length == 0 ? "no node has an opinion; what was known holds" : $"up for all {voters.Length}";
        var why = $"{down[0].Node}: {down[0].Reason}";
        if (down.Length == voters.Length)
            return $"down for all {voters.Length}; {why}";
        var (cannot, can) = (Regions(down), Regions(voters.Except(down)));
        return state == VerdictState.Down && down.Length * 2 > voters.Length
            ? $"down for {down.Length} of {voters.Length}; {why}"
            : $"reachable from {can}, not from {cannot}; {why}";
    }

    private static string Regions(IEnumerable<Vote> votes) =>
        string.Join(", ", votes.Select(v => v.Region).Distinct().Order(StringComparer.Ordinal));
}
