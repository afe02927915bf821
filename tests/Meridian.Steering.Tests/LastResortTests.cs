using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Scenarios 9 and 21: what is answered when nothing is up, or nothing is known yet.</summary>
public sealed class LastResortTests
{
    private const string Pools = "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]";

    [Theory]
    [InlineData("ServeAll", Outcome.Addresses, new[] { "10.0.0.1", "10.0.0.2" })]
    [InlineData("LastKnownGood", Outcome.Addresses, new[] { "10.0.0.2" })]
    [InlineData("Fallback", Outcome.Addresses, new[] { "192.0.2.9" })]
    [InlineData("NoData", Outcome.NoData, new string[0])]
    [InlineData("ServFail", Outcome.Failure, new string[0])]
    public void When_all_are_down_the_policy_speaks_and_the_TTL_is_the_least(string policy, Outcome outcome,
        string[] values)
    {
        var fallback = policy == "Fallback" ? "\nfallback: {addresses: [192.0.2.9]}" : "";
        var world = new World($"policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{{pool: p}}, {{pool: s}}]\nwhenAllDown: {policy}{fallback}", Pools);

        world.Wait(100).Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.2").Wait(100);
        var (choice, answer) = world.Choose();

        Assert.Equal(outcome, choice.Outcome);
        Assert.True(choice.AllDown);
        Assert.Equal(values, answer);
        Assert.Equal(5, world.Plan.Ttl(world.Now).TotalSeconds);
    }

    [Fact]
    public void A_fallback_may_be_a_name()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]\nwhenAllDown: Fallback\nfallback: {addresses: [sorry.example.net]}", Pools);

        Assert.Equal(Outcome.Alias, world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Choose().Choice.Outcome);
    }

    [Theory]
    [InlineData("ServFail", Outcome.Failure)]
    [InlineData("ServeAll", Outcome.Addresses)]
    public void Before_the_first_verdict_the_policy_speaks(string policy, Outcome outcome)
    {
        var world = new World($"policy: Failover\npools: [{{pool: p}}, {{pool: s}}]\nwhenAllDown: {policy}", Pools);

        Assert.Equal(outcome, world.Set(VerdictState.Unknown, "10.0.0.1", "10.0.0.2").Choose().Choice.Outcome);
        Assert.Equal(["10.0.0.2"], world.Set(VerdictState.Up, "10.0.0.2").Answer());
    }

    [Fact]
    public void Serving_all_leaves_out_what_a_person_took_out()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]", Pools);

        world.Say(OverrideState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.2");
        Assert.Equal(["10.0.0.2"], world.Answer());
        world.Say(OverrideState.Down, "10.0.0.2");
        Assert.Equal(["10.0.0.1", "10.0.0.2"], world.Answer());
    }
}
