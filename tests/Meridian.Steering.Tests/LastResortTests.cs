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
        var world = new World($"policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{{pool: p}}, {{pool: s}}]\n" +
            $"whenAllDown: {policy}{fallback}", Pools);

        world.Wait(100).Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.2").Wait(100);
        var (choice, answer) = world.Choose();

        Assert.Equal(outcome, choice.Outcome);
        Assert.True(choice.AllDown);
        Assert.Equal(0, choice.ScopeBits);
        Assert.Equal(values, answer);
        Assert.Equal(5, world.Plan.Ttl(world.Now).TotalSeconds);
    }

    [Theory]
    [InlineData("ServeAll")]
    [InlineData("LastKnownGood")]
    [InlineData("Fallback")]
    public void When_all_are_down_a_question_gets_addresses_of_its_own_family_alone(string policy)
    {
        var fallback = policy == "Fallback" ? "\nfallback: {addresses: [10.0.0.1, \"2001:db8::1\"]}" : "";
        var world = new World($"policy: Failover\npools: [{{pool: p}}]\nwhenAllDown: {policy}{fallback}",
            "p: addresses: [{value: 10.0.0.1}, {value: \"2001:db8::1\"}]");

        world.Set(VerdictState.Down, "10.0.0.1", "2001:db8::1");

        Assert.Equal(["10.0.0.1"], world.Choose(kind: AddressKind.V4).Values);
        Assert.Equal(["2001:db8::1"], world.Choose(kind: AddressKind.V6).Values);
        Assert.Equal(Outcome.NoData, world.Choose(kind: AddressKind.Name).Decision.Outcome);
    }

    [Theory]
    [InlineData("ServeAll")]
    [InlineData("LastKnownGood")]
    [InlineData("Fallback")]
    public void When_all_are_down_no_answer_is_longer_than_maxAnswers(string policy)
    {
        var fallback = policy == "Fallback" ? "\nfallback: {addresses: [10.0.0.1, 10.0.0.2, 10.0.0.3]}" : "";
        var world = new World($"policy: Failover\nmaxAnswers: 2\npools: [{{pool: p}}]\nwhenAllDown: {policy}{fallback}",
            "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, {value: 10.0.0.3}]");

        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2", "10.0.0.3");

        Assert.Equal(["10.0.0.1", "10.0.0.2"], world.Answer());
    }

    [Fact]
    public void What_was_good_last_is_known_by_pool_and_address_after_a_reload()
    {
        const string Policy = "policy: Failover\nwhenAllDown: LastKnownGood\npools: ";
        var world = new World(Policy + "[{pool: p}, {pool: s}]", Pools);
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.2");

        world.Become(new World(Policy + "[{pool: s}, {pool: p}]",
            "p: addresses: [{value: 10.0.0.2}, {value: 10.0.0.1}]\n" +
            "s: addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]"));

        Assert.Equal(["10.0.0.2"], world.Answer());
        Assert.Equal([new Pick(0, 1)], world.Plan.LastGood);
    }

    [Fact]
    public void What_was_good_last_stands_in_the_order_of_priority() =>
        Assert.Equal(["10.0.0.2", "10.0.0.1"], new World(
            "policy: Failover\nwhenAllDown: LastKnownGood\n" +
            "pools: [{pool: p, priority: 2}, {pool: s, priority: 1}]", Pools)
            .Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Answer());

    [Fact]
    public void What_was_up_in_a_pool_that_did_not_serve_was_not_good()
    {
        var world = new World("policy: Failover\nwhenAllDown: LastKnownGood\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}], minHealthy: 2\ns: addresses: [{value: 10.0.0.3}]");

        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.3");
        Assert.Equal(["10.0.0.3"], world.Answer());
    }

    [Fact]
    public void After_a_start_nothing_was_good()
    {
        var world = new World("policy: Failover\nwhenAllDown: LastKnownGood\npools: [{pool: p}]",
            "p: addresses: [{value: 10.0.0.1}]").Set(VerdictState.Down, "10.0.0.1").Restart();

        Assert.Empty(world.Plan.LastGood);
        Assert.Equal(["10.0.0.1"], world.Answer());
    }

    [Fact]
    public void A_name_among_all_that_is_down_is_answered_alone()
    {
        var world = new World("policy: Failover\npools: [{pool: n}, {pool: p}]",
            "n: addresses: [{value: a.example.net}]\np: addresses: [{value: 10.0.0.1}]");

        var (decision, values) = world.Set(VerdictState.Down, "a.example.net", "10.0.0.1").Choose();

        Assert.Equal(Outcome.Alias, decision.Outcome);
        Assert.Equal(["a.example.net"], values);
    }

    [Fact]
    public void A_name_behind_addresses_of_the_other_kind_is_the_answer()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: n}]",
            "p: addresses: [{value: 10.0.0.1}]\nn: addresses: [{value: a.example.net}]");

        var (decision, values) = world.Set(VerdictState.Down, "a.example.net", "10.0.0.1").Choose(kind: AddressKind.V6);

        Assert.Equal(Outcome.Alias, decision.Outcome);
        Assert.Equal(["a.example.net"], values);
    }

    [Fact]
    public void A_name_is_passed_over_where_an_address_stands_before_it()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: n}]",
            "n: addresses: [{value: a.example.net}]\np: addresses: [{value: 10.0.0.1}]");

        Assert.Equal(["10.0.0.1"], world.Set(VerdictState.Down, "a.example.net", "10.0.0.1").Answer());
    }

    [Fact]
    public void A_fallback_may_be_a_name()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]\nwhenAllDown: Fallback\n" +
            "fallback: {addresses: [sorry.example.net]}", Pools);

        var (decision, values) = world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2").Choose();

        Assert.Equal(new SteeringDecision(Outcome.Alias, 1, 0, AllDown: true), decision);
        Assert.Equal(["sorry.example.net"], values);
    }

    [Fact]
    public void A_name_that_was_good_last_is_answered_alone()
    {
        var world = new World("policy: Failover\npools: [{pool: n}, {pool: p}]\nwhenAllDown: LastKnownGood",
            "n: addresses: [{value: a.example.net}]\np: addresses: [{value: 10.0.0.1}]");

        var (decision, values) = world.Set(VerdictState.Down, "a.example.net", "10.0.0.1").Choose();

        Assert.Equal(new SteeringDecision(Outcome.Alias, 1, 0, AllDown: true), decision);
        Assert.Equal(["a.example.net"], values);
    }

    [Fact]
    public void All_are_served_where_none_was_ever_good()
    {
        var world = new World("policy: Failover\npools: [{pool: p}]\nwhenAllDown: LastKnownGood", Pools);

        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2")
            .Become(new World("policy: Failover\npools: [{pool: s}]\nwhenAllDown: LastKnownGood", Pools));

        Assert.Equal(["10.0.0.2"], world.Answer());
    }

    [Theory]
    [InlineData("ServFail", Outcome.Failure)]
    [InlineData("ServeAll", Outcome.Addresses)]
    public void Before_the_first_verdict_the_policy_speaks(string policy, Outcome outcome)
    {
        var world = new World($"policy: Failover\npools: [{{pool: p}}, {{pool: s}}]\nwhenAllDown: {policy}", Pools);

        Assert.Equal(outcome, world.Set(VerdictState.Unknown, "10.0.0.1", "10.0.0.2").Choose().Decision.Outcome);
        Assert.False(world.Plan.IsJudged);
        Assert.True(world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.2").Plan.IsJudged);
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

    [Theory]
    [InlineData("ServeAll")]
    [InlineData("LastKnownGood")]
    public void What_is_healthy_and_drained_answers_before_what_is_dead(string policy)
    {
        var world = new World($"policy: Failover\nwhenAllDown: {policy}\npools: [{{pool: p}}, {{pool: s}}]", Pools);

        world.Say(OverrideState.Drain, "10.0.0.2").Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(["10.0.0.2"], world.Answer());

        world.Set(VerdictState.Down, "10.0.0.2");
        Assert.Equal(["10.0.0.1"], world.Answer());

        world.Set(VerdictState.Up, "10.0.0.2").Say(OverrideState.Down, "10.0.0.2");
        Assert.Equal(["10.0.0.1"], world.Answer());
    }
}
