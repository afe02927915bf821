using Meridian.Fleet.Tests.Support;
using Meridian.Fleet.Votes;
using Meridian.Model.Resources;

namespace Meridian.Fleet.Tests;

/// <summary>What nodes make of one another's words, row by row of what can go wrong between them.</summary>
public sealed class FleetJudgeTests
{
    private static readonly string[] Five = ["eu", "eu", "vn", "hk", "us"];

    private readonly SimulatedFleet _fleet = new(Five);

    [Fact]
    public void What_all_reach_is_up_and_nobody_says_a_word()
    {
        Assert.Equal("+++++", _fleet.States(0));
        Assert.Equal(5, Keys("nodes/"));
        Assert.Equal(5, Keys("coverage/"));
        Assert.Equal(0, Keys("claims/"));
        Assert.All(_fleet.Nodes, n => Assert.Empty(n.Judge.Held));
    }

    [Fact]
    public void What_a_majority_cannot_reach_is_down_for_all()
    {
        _fleet.Set(0, false, 0, 2, 3);

        Assert.Equal("-----", _fleet.States(0));
        Assert.Equal("+++++", _fleet.States(1));
    }

    [Fact]
    public void What_one_region_cannot_reach_is_down_for_that_region_alone()
    {
        _fleet.Set(0, false, 3);

        Assert.Equal("+++-+", _fleet.States(0));
        Assert.True(_fleet.Nodes[0].Held(_fleet.Key(0))!.IsImpaired);
        Assert.Equal("reachable from eu, us, vn, not from hk; n3: refused",
            _fleet.Nodes[0].Held(_fleet.Key(0))!.Verdict.Reason);
    }

    [Fact]
    public void It_is_up_again_for_all_once_a_majority_reaches_it()
    {
        _fleet.Set(0, false, 0, 1, 2, 3, 4);
        Assert.Equal("-----", _fleet.States(0));

        _fleet.Set(0, true, 0, 1);
        Assert.Equal("-----", _fleet.States(0));
        _fleet.Set(0, true, 2);
        Assert.Equal("+++--", _fleet.States(0)); // two regions do not reach it yet
        _fleet.Set(0, true, 3, 4);
        Assert.Equal("+++++", _fleet.States(0));
        Assert.Equal(0, Keys("claims/"));
    }

    [Fact]
    public void Of_three_nodes_one_that_is_cut_off_changes_nothing_and_two_take_an_address_out()
    {
        var fleet = new SimulatedFleet(["eu", "vn", "hk"], vantages: new Vantages { View = VantageView.Global });
        fleet.Nodes[2].Store.Cut();
        fleet.Set(0, false, 2);
        fleet.Advance(TimeSpan.FromSeconds(15));
        Assert.StartsWith("++", fleet.States(0), StringComparison.Ordinal);

        fleet.Nodes[2].Store.Heal();
        fleet.Settle();
        Assert.Equal("+++", fleet.States(0)); // the others see it
        fleet.Set(0, false, 1);
        Assert.Equal("---", fleet.States(0));
    }

    [Fact]
    public void A_node_that_reaches_none_of_its_reference_addresses_has_no_opinion_for_as_long()
    {
        _fleet.Nodes[0].IsCutOff = true;
        _fleet.Settle();
        Assert.Equal("reaches none of its reference addresses", _fleet.Nodes[1].Judge.View.Members["n0"].Illness);
        _fleet.Advance(TimeSpan.FromMinutes(10));
        _fleet.Set(0, false, 0);
        Assert.Equal("+++++", _fleet.States(0));

        _fleet.Nodes[0].IsCutOff = false;
        _fleet.Settle();
        Assert.Null(_fleet.Nodes[1].Judge.View.Members["n0"].Illness);
    }

    [Fact]
    public void A_suspicion_of_one_makes_all_others_look_at_once()
    {
        _fleet.Nodes[2].Probe(_fleet.Key(1), false);
        _fleet.Settle();

        Assert.Equal(["n0", "n1", "n3", "n4"], _fleet.Nodes.Where(n => n.Suspected.Count > 0).Select(n => n.Name));
        Assert.All(_fleet.Nodes, n => Assert.All(n.Suspected, k => Assert.Equal(_fleet.Key(1), k)));
        Assert.True(_fleet.Nodes[0].Held(_fleet.Key(1))!.Verdict.Suspected);
    }

    [Fact]
    public void A_node_that_dies_changes_no_answer()
    {
        _fleet.Set(0, false, 0, 2, 3);
        _fleet.Set(1, false, 3);
        var before = (_fleet.States(0), _fleet.States(1));

        _fleet.Nodes[4].Store.Cut();
        _fleet.Settle();

        Assert.Equal(before, (_fleet.States(0), _fleet.States(1)));
        Assert.Equal(4, _fleet.Nodes[0].Judge.View.Members.Count);
    }

    [Fact]
    public void The_words_of_a_node_that_died_are_no_words()
    {
        _fleet.Set(0, false, 3); // hk alone
        _fleet.Nodes[3].Store.Cut();
        _fleet.Settle();

        Assert.Equal("+++", _fleet.States(0)[..3]);
        Assert.Empty(_fleet.Nodes[0].Judge.Held);
    }

    [Fact]
    public void A_node_whose_own_way_out_is_cut_does_not_believe_itself()
    {
        for (var i = 0; i < 4; i++)
            _fleet.Set(i, false, 2);

        Assert.Equal("lost 3 of 4 targets at 3 sites at once", _fleet.Nodes[2].Judge.Illness);
        Assert.Equal(["+++++", "+++++", "+++++", "+++++"], Enumerable.Range(0, 4).Select(_fleet.States));
        Assert.All(_fleet.Nodes[0].Judge.VotesOn(_fleet.Key(0)).Where(v => v.Node == "n2"),
            v => Assert.Equal(VoteState.Abstains, v.State));

        _fleet.Advance(SelfDoubt.Rest);
        Assert.Null(_fleet.Nodes[2].Judge.Illness);
        Assert.Equal("++-++", _fleet.States(0)); // for its own clients it is right
    }

    [Fact]
    public void Where_everybody_loses_everything_what_was_held_holds_until_they_believe_it()
    {
        _fleet.ProbeAll((_, _) => false);
        _fleet.ProbeAll((_, _) => false);
        _fleet.Settle();
        Assert.All(_fleet.Nodes, n => Assert.NotNull(n.Judge.Illness));
        Assert.Equal("+++++", _fleet.States(0));

        _fleet.Advance(SelfDoubt.Rest);
        Assert.Equal("-----", _fleet.States(0));
    }

    [Fact]
    public void With_the_store_away_the_others_words_count_for_half_a_minute()
    {
        _fleet.Set(0, false, 0, 2, 3);
        foreach (var node in _fleet.Nodes)
            node.Store.Cut(endsSession: false);
        _fleet.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("-----", _fleet.States(0));

        _fleet.Set(1, false, 4); // what a node sees itself counts at once
        Assert.Equal("++++-", _fleet.States(1));
    }

    [Fact]
    public void What_all_held_down_comes_back_nowhere_while_the_store_is_away()
    {
        _fleet.Set(0, false, 0, 2, 3);
        foreach (var node in _fleet.Nodes)
            node.Store.Cut(endsSession: false);
        _fleet.Settle();
        _fleet.Advance(TimeSpan.FromDays(2));
        Assert.Equal("-----", _fleet.States(0));

        _fleet.Set(0, true, 0); // but where a node itself has seen it fail and come back
        Assert.Equal("+----", _fleet.States(0));
    }

    [Fact]
    public void A_partition_that_heals_flips_nothing()
    {
        _fleet.Set(0, false, 0, 2, 3);
        _fleet.Nodes[4].Store.Cut();
        _fleet.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("-----", _fleet.States(0));

        _fleet.Nodes[4].Store.Heal();
        _fleet.Settle();
        Assert.Equal("-----", _fleet.States(0));
        Assert.Equal(5, _fleet.Nodes[0].Judge.View.Members.Count);
    }

    [Fact]
    public void A_minority_answers_with_what_it_reaches_itself()
    {
        _fleet.Nodes[4].Store.Cut();
        _fleet.Advance(TimeSpan.FromMinutes(5));
        _fleet.Set(0, false, 4);

        Assert.Equal("++++-", _fleet.States(0));
    }

    [Fact]
    public void A_lost_session_is_made_good_by_saying_all_again()
    {
        _fleet.Set(0, false, 0, 2, 3);
        _fleet.Nodes[3].Store.LoseSession();
        _fleet.Settle();

        Assert.Equal("-----", _fleet.States(0));
        Assert.Equal(3, Keys("claims/"));
    }

    [Fact]
    public void A_node_that_probes_something_else_has_no_opinion()
    {
        _fleet.Nodes[4].Judge.Follow(_fleet.Targets[..3], _fleet.Now);
        _fleet.Settle();

        Assert.Equal([VoteState.Up, VoteState.Up, VoteState.Up, VoteState.Abstains], Enumerable.Range(0, 4).Select(
            i => _fleet.Nodes[0].Judge.VotesOn(_fleet.Key(i)).Single(v => v.Node == "n4").State));
    }

    [Theory]
    [InlineData("nodes/n9", "{")]
    [InlineData("nodes/n9", "{}")]
    [InlineData("nodes/n9", "null")]
    [InlineData("coverage/n3", "AAAA")]
    [InlineData("claims/n3/0000000000000001", "{}")]
    [InlineData("claims/n3", "{}")]
    [InlineData("claims//", "{}")]
    [InlineData("groups/n3/", "{}")]
    [InlineData("what/is/this", "{}")]
    public void What_cannot_be_read_is_no_opinion_and_no_harm(string key, string value)
    {
        _fleet.Write(key, value);
        _fleet.Settle();
        _fleet.Set(0, false, 0, 2, 4);

        Assert.Equal("-----", _fleet.States(0));
    }

    [Fact]
    public void A_word_of_a_later_version_is_no_opinion()
    {
        _fleet.Set(0, false, 3);
        var key = _fleet.Cluster.Current.Entries.Keys.Single(k => k.StartsWith("claims/n3/", StringComparison.Ordinal));
        _fleet.Write(key, """{"state":"wobbly","since":"2026-01-01T00:00:00Z"}""");
        _fleet.Nodes[0].Turn();

        Assert.Equal(VoteState.Abstains,
            _fleet.Nodes[0].Judge.VotesOn(_fleet.Key(0)).Single(v => v.Node == "n3").State);
    }

    [Fact]
    public void A_thousand_targets_of_a_site_fall_with_one_word_of_each_node()
    {
        var fleet = new SimulatedFleet(["eu", "vn", "hk"], 4000, new Vantages { View = VantageView.Global });
        for (var pass = 0; pass < 2; pass++)
            fleet.ProbeAll((_, target) => target % 4 != 1);
        fleet.Settle();

        var keys = fleet.Cluster.Current.Entries.Keys.ToArray();
        Assert.Equal(3, keys.Count(k => k.StartsWith("groups/", StringComparison.Ordinal)));
        Assert.DoesNotContain(keys, k => k.StartsWith("claims/", StringComparison.Ordinal));
        Assert.All(Enumerable.Range(0, 4000), t => Assert.Equal(t % 4 == 1 ? "---" : "+++", fleet.States(t)));
    }

    private int Keys(string prefix) =>
        _fleet.Cluster.Current.Entries.Keys.Count(k => k.StartsWith(prefix, StringComparison.Ordinal));
}
