using System.Collections.Immutable;
using Meridian.Fleet.Votes;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet.Tests.Votes;

/// <summary>
/// What several nodes hold of one target. Votes are written as <c>eu+ eu- vn? hk.</c>: region, then up, down, suspects
/// or no opinion; the first is the node's own.
/// </summary>
public sealed class QuorumJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("eu+", VerdictState.Up)]
    [InlineData("eu-", VerdictState.Down)]
    [InlineData("eu- vn+ hk+", VerdictState.Down)] // its own region cannot reach it
    [InlineData("eu+ vn- hk+", VerdictState.Up)]
    [InlineData("eu+ vn- hk-", VerdictState.Down)]
    [InlineData("eu- vn- hk-", VerdictState.Down)]
    [InlineData("eu+ vn- hk- us+ sg+", VerdictState.Up)]
    [InlineData("eu+ vn- hk- us- sg+", VerdictState.Down)]
    [InlineData("eu- eu+ eu+ vn+", VerdictState.Up)] // one node of three is not its region
    [InlineData("eu+ eu- eu- vn+", VerdictState.Down)]
    [InlineData("eu- eu+ vn+", VerdictState.Up)] // nor is one of two
    [InlineData("eu- eu- vn+ hk+", VerdictState.Down)]
    [InlineData("eu. vn+ hk+", VerdictState.Up)] // who has no opinion takes that of the others
    [InlineData("eu. vn- hk-", VerdictState.Down)]
    [InlineData("eu+ vn. hk.", VerdictState.Up)]
    [InlineData("eu- vn. hk.", VerdictState.Down)]
    [InlineData("eu. vn. hk.", VerdictState.Up)] // what was held holds
    public void A_majority_decides_and_a_region_for_itself(string votes, VerdictState state) =>
        Assert.Equal(state, Judge(new Vantages(), votes).Verdict.State);

    [Theory]
    [InlineData("majority", "eu+ vn- hk- us+ sg+", VerdictState.Up)]
    [InlineData("majority", "eu+ vn- hk- us- sg+", VerdictState.Down)]
    [InlineData("all", "eu+ vn- hk- us- sg-", VerdictState.Up)]
    [InlineData("all", "eu- vn- hk- us- sg-", VerdictState.Down)]
    [InlineData("one", "eu+ vn+ hk+ us+ sg-", VerdictState.Down)]
    [InlineData("2", "eu+ vn+ hk+ us- sg-", VerdictState.Down)]
    [InlineData("2", "eu+ vn+ hk+ us+ sg-", VerdictState.Up)]
    [InlineData("9", "eu+ vn- hk-", VerdictState.Up)]
    [InlineData("9", "eu- vn- hk-", VerdictState.Down)] // no more than there are
    public void The_rule_says_how_many_must_see_it_down(string down, string votes, VerdictState state) =>
        Assert.Equal(state, Judge(Rule(down) with { MinRegions = 1 }, votes).Verdict.State);

    [Theory]
    [InlineData(1, "eu+ eu- eu- eu- vn+", VerdictState.Down)]
    [InlineData(2, "vn+ eu- eu- eu- vn+", VerdictState.Up)] // a region alone takes it from nobody else
    [InlineData(2, "vn+ eu- eu- hk- vn+", VerdictState.Down)]
    [InlineData(3, "vn+ eu- eu- hk- vn+", VerdictState.Up)]
    [InlineData(3, "eu- vn- vn- vn-", VerdictState.Down)] // there are but two
    public void It_must_be_down_for_several_regions(int regions, string votes, VerdictState state) =>
        Assert.Equal(state,
            Judge(new Vantages { MinRegions = regions, View = VantageView.Global }, votes).Verdict.State);

    [Theory]
    [InlineData(VantageView.Regional, "eu- vn+ hk+", VerdictState.Down)]
    [InlineData(VantageView.Global, "eu- vn+ hk+", VerdictState.Up)]
    [InlineData(VantageView.Local, "eu- vn+ hk+", VerdictState.Down)]
    [InlineData(VantageView.Local, "eu+ vn- hk-", VerdictState.Up)]
    [InlineData(VantageView.Local, "eu. vn- hk-", VerdictState.Down)] // without an opinion it has no view
    public void The_view_says_whose_verdict_counts(VantageView view, string votes, VerdictState state) =>
        Assert.Equal(state, Judge(new Vantages { View = view }, votes).Verdict.State);

    [Theory]
    [InlineData("hk", VerdictState.Down)]
    [InlineData("n1", VerdictState.Up)]
    [InlineData("n2", VerdictState.Down)]
    [InlineData("vn,hk", VerdictState.Down)]
    [InlineData("us,hk", VerdictState.Up)]
    [InlineData("nobody", VerdictState.Up)]
    public void Those_who_are_named_judge_by_region_or_by_name(string from, VerdictState state) =>
        Assert.Equal(state, Judge(new Vantages { From = [.. from.Split(',')], MinRegions = 1 },
            "eu+ us+ hk-").Verdict.State);

    [Fact]
    public void Two_that_disagree_believe_themselves()
    {
        Assert.Equal(VerdictState.Up, Judge(new Vantages(), "eu+ vn-").Verdict.State);
        Assert.Equal(VerdictState.Down, Judge(new Vantages { View = VantageView.Global }, "eu- vn+").Verdict.State);
    }

    [Theory]
    [InlineData("eu+ vn- hk- us+", VerdictState.Up, VerdictState.Up)]
    [InlineData("eu+ vn- hk- us+", VerdictState.Down, VerdictState.Down)]
    [InlineData("eu+ vn- hk+ us+", VerdictState.Down, VerdictState.Up)]
    public void A_tie_changes_nothing(string votes, VerdictState before, VerdictState state) =>
        Assert.Equal(state, Judge(new Vantages(), votes, before).Verdict.State);

    [Theory]
    [InlineData("all", "eu+ vn+ hk- us+", VerdictState.Down)]
    [InlineData("all", "eu+ vn+ hk+ us+", VerdictState.Up)]
    [InlineData("3", "eu+ vn+ hk- us+", VerdictState.Up)]
    public void The_rule_says_how_many_must_see_it_up_again(string up, string votes, VerdictState state)
    {
        Assert.True(QuorumSize.TryParse(up, out var size));
        Assert.Equal(state, Judge(new Vantages { Up = size }, votes, VerdictState.Down).Verdict.State);
    }

    [Fact]
    public void Every_node_of_a_region_comes_to_the_same()
    {
        string[] votes = ["eu-", "vn+", "hk-", "us-", "sg+"];
        var verdicts = Enumerable.Range(0, votes.Length).Select(own => Judge(new Vantages(),
            string.Join(' ', votes.Skip(own).Concat(votes.Take(own)))).Agreed);

        Assert.Equal([VerdictState.Down], verdicts.Distinct());
    }

    [Fact]
    public void It_says_since_when_a_quorum_has_held()
    {
        var verdict = Judge(new Vantages(), "eu+ vn- hk- us- sg+").Verdict;

        Assert.Equal(Start.AddSeconds(3), verdict.Since); // the third of those who see it down, after 1, 2 and 3 s
        Assert.Equal("down for 3 of 5; n1: refused", verdict.Reason);
    }

    [Fact]
    public void What_some_cannot_reach_says_from_where()
    {
        var fleet = Judge(new Vantages(), "eu+ vn+ hk-");

        Assert.True(fleet.IsImpaired);
        Assert.Equal("reachable from eu, vn, not from hk; n2: refused", fleet.Verdict.Reason);
        Assert.False(fleet.Verdict.Suspected);
    }

    [Fact]
    public void A_suspicion_of_one_is_a_doubt_of_all()
    {
        var verdict = Judge(new Vantages(), "eu+ vn? hk+").Verdict;

        Assert.Equal((VerdictState.Up, true), (verdict.State, verdict.Suspected));
    }

    [Fact]
    public void Where_all_agree_the_nodes_own_word_stands_as_it_is()
    {
        var probed = new Verdict(VerdictState.Up, Start, "http: 200") { TtlLimit = TimeSpan.FromSeconds(7) };

        Assert.Same(probed, QuorumJudge.Judge(new Vantages(), probed, Vote.Of("n0", "eu", probed, null),
            [new Vote("n1", "vn", VoteState.Up, Start, "")], null, Start).Verdict);
    }

    [Theory]
    [InlineData("eu+ vn+ hk+", false)]
    [InlineData("eu+ vn+ hk.", false)]
    [InlineData("eu- vn+ hk+", true)]
    [InlineData("eu. vn+ hk+", true)]
    [InlineData("eu? vn+ hk+", true)]
    [InlineData("eu+ vn- hk+", true)]
    [InlineData("eu+ vn? hk+", true)]
    public void Only_what_somebody_sees_otherwise_is_judged_at_all(string votes, bool contested)
    {
        var all = Votes(votes);
        Assert.Equal(contested, QuorumJudge.IsContested(all[0], all[1..]));
    }

    private static Vantages Rule(string down)
    {
        Assert.True(QuorumSize.TryParse(down, out var size));
        return new Vantages { Down = size };
    }

    private static FleetVerdict Judge(Vantages rule, string text, VerdictState before = VerdictState.Up)
    {
        var votes = Votes(text);
        var probed = new Verdict(votes[0].State switch
        {
            VoteState.Down => VerdictState.Down,
            VoteState.Abstains => VerdictState.Unknown,
            _ => VerdictState.Up,
        }, Start, "probed");
        var held = new FleetVerdict(new Verdict(before, Start.AddHours(-1), "before"), before, [], 1);
        return QuorumJudge.Judge(rule, probed, votes[0], votes[1..], held, Start.AddMinutes(1));
    }

    private static ImmutableArray<Vote> Votes(string text) =>
    [
        .. text.Split(' ').Select((vote, i) => new Vote($"n{i}", vote[..2], vote[2] switch
        {
            '+' => VoteState.Up,
            '-' => VoteState.Down,
            '?' => VoteState.Suspects,
            _ => VoteState.Abstains,
        }, Start.AddSeconds(i), "refused")),
    ];
}
