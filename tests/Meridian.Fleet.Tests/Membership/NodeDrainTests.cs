using Meridian.Fleet.Intent;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Tests.Support;
using Meridian.State.Shared;

namespace Meridian.Fleet.Tests.Membership;

/// <summary>Nodes that people take out, let back and forget.</summary>
public sealed class NodeDrainTests
{
    private readonly SimulatedFleet _fleet = new(["eu", "eu", "vn", "hk", "us"]);

    [Fact]
    public void A_node_that_is_drained_has_no_part_in_verdicts_and_says_why()
    {
        Drain("n0", null);

        Assert.True(_fleet.Nodes[0].Judge.IsDrained);
        Assert.Equal("is drained by ann: works", _fleet.Nodes[1].Judge.View.Members["n0"].Illness);

        // Two of the four that are left are no majority, whatever the drained one sees; three are.
        _fleet.Set(0, false, 0, 1, 2);
        Assert.EndsWith("++", _fleet.States(0), StringComparison.Ordinal);
        _fleet.Set(0, false, 3);
        Assert.Equal("-----", _fleet.States(0));
    }

    [Fact]
    public void A_drain_ends_by_itself_or_when_the_node_is_let_back()
    {
        Drain("n0", _fleet.Now.AddMinutes(1));
        Drain("n1", null);
        _fleet.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal([true, true], _fleet.Nodes.Take(2).Select(n => n.Judge.IsDrained));

        _fleet.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([false, true], _fleet.Nodes.Take(2).Select(n => n.Judge.IsDrained));
        Assert.Null(_fleet.Nodes[2].Judge.View.Members["n0"].Illness);

        _ = new NodeRegister(_fleet.Nodes[3].Store).RestoreAsync("n1");
        _fleet.Settle();
        Assert.False(_fleet.Nodes[1].Judge.IsDrained);
        Assert.Null(_fleet.Nodes[2].Judge.View.Members["n1"].Illness);
    }

    [Fact]
    public async Task A_node_stays_known_until_it_is_forgotten_which_cannot_be_while_it_is_here()
    {
        var register = new NodeRegister(_fleet.Nodes[1].Store);
        await register.IntroduceAsync(new KnownNode("n0", "eu", "1.0"));
        await register.IntroduceAsync(new KnownNode("old", "eu", "0.9"));
        Drain("old", null);
        _fleet.Settle();
        Assert.Equal(["n0", "old"], _fleet.Nodes[2].Judge.View.Known.Keys);

        Assert.IsType<SharedOutcome.Conflict>(await register.ForgetAsync("n0"));
        Assert.IsType<SharedOutcome.Committed>(await register.ForgetAsync("old"));
        _fleet.Settle();
        Assert.Equal(["n0"], _fleet.Nodes[2].Judge.View.Known.Keys);
        Assert.Empty(_fleet.Nodes[2].Judge.View.Drains);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"author\":7}")]
    public void A_drain_that_cannot_be_read_drains_nobody(string value)
    {
        _fleet.Write("drains/n0", value);
        _fleet.Write("known/n0", value);
        _fleet.Settle();

        Assert.False(_fleet.Nodes[0].Judge.IsDrained);
        Assert.Empty(_fleet.Nodes[0].Judge.View.Known);
    }

    private void Drain(string node, DateTimeOffset? end)
    {
        _ = new NodeRegister(_fleet.Nodes[3].Store).DrainAsync(node, new NodeDrain("ann", "works", _fleet.Now, end));
        _fleet.Settle();
    }
}
