using System.Net;
using System.Text;
using Meridian.Geography;
using Meridian.Model.Verdicts;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests.Explaining;

/// <summary>The steps of a decision, word for word: they are all that a person reads at night.</summary>
public sealed class StepsTests
{
    private const string Two =
        "a: addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]\nb: addresses: [{value: 10.0.0.3}]";
    private const string Failover = "policy: Failover\nttl: 60s\nminTtl: 5s\npools: [{pool: a}, {pool: b}]\n";

    [Fact]
    public void One_pool_that_is_up() => AssertSteps(
        new World("policy: Failover\npools: [{pool: a}]", "a: addresses: [{value: 10.0.0.1}]").Wait(1000), """
        app.example.org is endpoint e, policy Failover, with 1 pool.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a.
        The answer comes from pool a (policy RoundRobin): 10.0.0.1.
        TTL 10 s, between 2 and 10 s: calm: ttl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_pool_that_is_down() => AssertSteps(
        new World(Failover, Two).Set(VerdictState.Down, "10.0.0.1", "10.0.0.2"), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        Pool a is down: 0 of 2 addresses are up and 1 must be; 10.0.0.1: Down.
        The answer comes from pool b (policy RoundRobin): 10.0.0.3.
        TTL 5 s, between 5 and 60 s: calm for less than ttl: the time since the last change.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_pool_that_a_person_drained() => AssertSteps(
        new World(Failover, Two).Say(OverrideState.Drain, "a"), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        Pool a is drained; 10.0.0.1: drain by me: test.
        The answer comes from pool b (policy RoundRobin): 10.0.0.3.
        TTL 5 s, between 5 and 60 s: calm for less than ttl: the time since the last change.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_pool_that_a_person_took_down_and_that_is_well() => AssertSteps(
        new World(Failover, Two).Set(VerdictState.Up, "10.0.0.1", "10.0.0.2").Say(OverrideState.Down, "a"), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        Pool a is down: 0 of 2 addresses are up and 1 must be; 10.0.0.1: down by me: test (health check disagrees: up).
        The answer comes from pool b (policy RoundRobin): 10.0.0.3.
        TTL 5 s, between 5 and 60 s: calm for less than ttl: the time since the last change.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_pool_that_is_not_probed_yet() => AssertSteps(
        new World(Failover, Two).Set(VerdictState.Unknown, "10.0.0.1", "10.0.0.2"), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        Pool a has not been probed yet.
        The answer comes from pool b (policy RoundRobin): 10.0.0.3.
        TTL 5 s, between 5 and 60 s: a verdict is in doubt: minTtl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_pool_that_the_guard_keeps() => AssertSteps(
        new World(Failover + "guard: {maxRemoved: 1}", Two)
            .Set(VerdictState.Down, "10.0.0.3").Set(VerdictState.Down, "10.0.0.1", "10.0.0.2"), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        Pool a is down, but the endpoint's guard keeps it in the answer; 10.0.0.1: Down.
        Pool b is down: 0 of 1 addresses are up and 1 must be; 10.0.0.3: Down.
        The answer comes from pool a (policy RoundRobin): 10.0.0.2, 10.0.0.1.
        TTL 5 s, between 5 and 60 s: the guard holds a pool: minTtl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_pool_that_comes_back() => AssertSteps(
        new World(Failover + "recovery: {ramp: 100s}", Two).Set(VerdictState.Down, "10.0.0.1", "10.0.0.2")
            .Set(VerdictState.Up, "10.0.0.1", "10.0.0.2").Wait(50), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        Pool a came back from an outage and gets 55 % of its share for now.
        The answer comes from pool b (policy RoundRobin): 10.0.0.3.
        TTL 5 s, between 5 and 60 s: a pool is coming back: minTtl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Theory]
    [InlineData("ServeAll",
        "No pool is up, and whenAllDown is ServeAll: 10.0.0.1, 10.0.0.2, 10.0.0.3.")]
    [InlineData("NoData", "No pool is up, and whenAllDown is NoData: the answer is empty.")]
    [InlineData("ServFail", "No pool is up, and whenAllDown is ServFail: the server fails the query.")]
    public void All_that_is_down(string whenAllDown, string step)
    {
        var world = new World(Failover + $"whenAllDown: {whenAllDown}", Two)
            .Set(VerdictState.Down, "10.0.0.1", "10.0.0.2", "10.0.0.3");
        Assert.Equal(step, Steps(world).Single(s => s.StartsWith("No pool is up", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_question_for_the_other_kind_of_address() => Assert.Contains(
        "The first pool that is up has no address of this kind: the answer is empty.",
        Steps(new World(Failover, Two), kind: AddressKind.V6));

    [Fact]
    public void Pools_of_which_each_client_keeps_one() => AssertSteps(
        new World("policy: Sticky\npools: [{pool: a}, {pool: b}]", Two).Wait(1000), """
        app.example.org is endpoint e, policy Sticky, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By consistent hashing of the client's /24 the order is a, b.
        The answer comes from pool a (policy RoundRobin): 10.0.0.2, 10.0.0.1.
        TTL 10 s, between 2 and 10 s: calm: ttl.
        Every client in the same /24 gets the same answer (ECS scope 24).
        """);

    [Fact]
    public void A_client_whose_place_is_known() => AssertSteps(
        new World("policy: Nearest\npools: [{pool: a}, {pool: b}]",
            "a: site: hanoi, addresses: [{value: 10.0.0.1}]\nb: site: suva, addresses: [{value: 10.0.0.2}]", geo:
            GeoDatabase.Of([GeoFile.Read("g.csv", Encoding.UTF8.GetBytes(
                "network,country,latitude,longitude,asn,city\n192.0.2.0/24,VN,20.86,106.68,64496,Haiphong\n"))]))
            .Wait(1000), """
        app.example.org is endpoint e, policy Nearest, with 2 pools.
        The client is in Haiphong, Vietnam, AS (20.86, 106.68).
        By distance the pools are a (88 km), b (8,938 km).
        The answer comes from pool a (policy RoundRobin): 10.0.0.1.
        TTL 10 s, between 2 and 10 s: calm: ttl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void A_client_whose_place_is_on_no_map() => Assert.Contains(
        "So the pools stand in the order of the resource: a, b.",
        Steps(new World("policy: Nearest\npools: [{pool: a}, {pool: b}]",
            "a: site: hanoi, addresses: [{value: 10.0.0.1}]\nb: site: suva, addresses: [{value: 10.0.0.2}]", geo:
            GeoDatabase.Of([GeoFile.Read("g.csv", Encoding.UTF8.GetBytes(
                "network,country,latitude,longitude,asn,city\n198.51.100.0/24,VN,20.86,106.68,64496,\n"))]))));

    [Fact]
    public void Weights_that_follow_load_by_the_name_of_their_pool() => AssertSteps(
        new World("policy: Weighted\nweights: auto\npools: [{pool: b}, {pool: a}]",
            "a: loadSignal: l, addresses: [{value: 10.0.0.1, capacity: 10}]\n" +
            "b: loadSignal: l, addresses: [{value: 10.0.0.2, capacity: 10}]")
            .Load("10.0.0.1", 9).Load("10.0.0.2", 1).Weigh(30).Wait(1000), """
        app.example.org is endpoint e, policy Weighted, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        One pool is drawn for each query, weights a 152, b 848; this time the order is a, b.
        Pool a has weight 152 at 90 %: busier than the mean: gets less.
        Pool b has weight 848 at 10 %: less busy than the mean: gets more.
        The answer comes from pool a (policy RoundRobin): 10.0.0.1.
        TTL 10 s, between 2 and 10 s: calm: ttl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    [Fact]
    public void Where_chance_draws_the_order_begins_with_the_pool_that_was_drawn()
    {
        var world = new World("policy: Weighted\npools: [{pool: a}, {pool: b, weight: 3}]", Two).Wait(1000);
        var drawn = new HashSet<string>();
        for (var draw = 0UL; draw < 40; draw++)
        {
            var explanation = Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("192.0.2.0"), 24,
                AddressKind.V4, draw, world.Now)!;
            Assert.Equal([true, false], explanation.Pools.Select(p => p.Chosen));
            Assert.Equal([1, 2], explanation.Pools.Select(p => p.Rank));
            drawn.Add(explanation.Pools[0].Name);
        }

        Assert.Equal(["a", "b"], drawn.Order());
    }

    [Fact]
    public void The_backup_beside_the_chosen_pool() => AssertSteps(
        new World(Failover + "backupAnswer: true",
            "a: addresses: [{value: 10.0.0.1}]\nb: addresses: [{value: 10.0.0.3}]").Wait(1000), """
        app.example.org is endpoint e, policy Failover, with 2 pools.
        Where the client is, is not known: no --geo database is loaded.
        By priority the pools are a, b.
        The answer comes from pool a (policy RoundRobin) and b (policy RoundRobin): 10.0.0.1, 10.0.0.3.
        TTL 60 s, between 5 and 60 s: calm: ttl.
        The answer does not depend on the client's network (ECS scope 0).
        """);

    private static void AssertSteps(World world, string expected) =>
        Assert.Equal(expected, string.Join('\n', Steps(world)));

    private static IEnumerable<string> Steps(World world, AddressKind kind = AddressKind.V4) =>
        Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("192.0.2.0"), 24, kind, 1, world.Now, world)!
            .Steps;
}
