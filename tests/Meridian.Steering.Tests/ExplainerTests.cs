using System.Net;
using Meridian.Model.Verdicts;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

public sealed class ExplainerTests
{
    [Fact]
    public void Tells_the_order_the_reason_and_the_answer()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]");
        world.Set(["10.0.0.1"], v => new Verdict(VerdictState.Down, world.Now, "http: 503, wanted 200-399"));

        var explanation = Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("192.0.2.0"), 24,
            AddressKind.V4, 1, world.Now)!;

        Assert.Equal(["10.0.0.2"], explanation.Answer.Values);
        Assert.Equal(["p", "s"], explanation.Pools.Select(p => p.Name));
        Assert.Equal([1, 2], explanation.Pools.Select(p => p.Rank));
        Assert.True(explanation.Pools[1].Chosen);
        Assert.Contains(explanation.Steps,
            s => s.Contains("Pool p is down: 0 of 1 addresses are up and 1 must be; 10.0.0.1: http: 503",
                StringComparison.Ordinal));
        Assert.Contains(explanation.Steps, s => s.Contains("no --geo database", StringComparison.Ordinal));
    }

    [Fact]
    public void An_IPv4_address_that_is_written_in_IPv6_is_the_IPv4_client()
    {
        var world = new World("policy: Sticky\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]");

        var explanation = Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("::ffff:192.0.2.77"), 32,
            AddressKind.V4, 1, world.Now)!;
        Assert.Equal("192.0.2.77/32", explanation.Client.Network);
        Assert.Equal(world.Answer("192.0.2.77"), explanation.Answer.Values);

        explanation = Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("2001:db8::1"), 56,
            AddressKind.V4, 1, world.Now)!;
        Assert.Equal("2001:db8::1/56", explanation.Client.Network);
    }

    [Fact]
    public void Tells_where_a_gateway_forwards_to()
    {
        const string Gateway = "policy: Failover\npools: [{pool: f}]\ngateway: {pools: [{pool: a}, {pool: b}]}";
        var world = new World(Gateway, "f: addresses: [{value: 10.0.0.1}]\n" +
            "a: addresses: [{value: 10.0.0.2}, {value: 10.0.0.3}, {value: 10.0.0.4}]\n" +
            "b: addresses: [{value: 10.0.0.5}]");
        Assert.Equal("This node's gateway sends such a request to pool a, one of 3 addresses.", Forwarded(world));
        Assert.Equal([("a", 1), ("b", 2)], Explain(world).Behind.Select(p => (p.Name, p.Rank)));
        world.Set(VerdictState.Down, "10.0.0.4");
        Assert.Equal("This node's gateway sends such a request to pool a, one of 2 addresses.", Forwarded(world));
        world.Set(VerdictState.Down, "10.0.0.2");
        Assert.Equal("This node's gateway sends such a request to pool a: 10.0.0.3.", Forwarded(world));
        world.Set(VerdictState.Down, "10.0.0.3");
        Assert.Equal("This node's gateway sends such a request to pool b: 10.0.0.5.", Forwarded(world));
        world.Set(VerdictState.Down, "10.0.0.5");
        Assert.Equal("This node's gateway has no pool that is up to send such a request to.", Forwarded(world));
    }

    [Theory]
    [InlineData("Failover", "RoundRobin", 2, true)]
    [InlineData("Failover", "RoundRobin", 1, false)]
    [InlineData("Failover", "Failover", 2, false)]
    [InlineData("Weighted", "Failover", 1, true)]
    public void Says_whether_another_query_may_get_another_answer(string policy, string within, int addresses,
        bool chance)
    {
        var values = string.Join(", ", Enumerable.Range(1, addresses).Select(i => $"{{value: 10.0.0.{i}}}"));
        var world = new World($"policy: {policy}\npools: [{{pool: p}}, {{pool: s}}]",
            $"p: policy: {within}, addresses: [{values}]\ns: addresses: [{{value: 10.0.0.9}}]");
        Assert.Equal(chance, Explainer.Explain(world.Table, "app.example.org", IPAddress.Parse("192.0.2.0"), 24,
            AddressKind.V4, 1, world.Now)!.Answer.ByChance);
    }

    [Fact]
    public void Tells_the_fallback_where_nothing_is_up()
    {
        var world = new World("policy: Failover\npools: [{pool: p}]\nwhenAllDown: Fallback\n" +
            "fallback: {addresses: [198.51.100.9]}", "p: addresses: [{value: 10.0.0.1}]");

        Assert.Equal(["198.51.100.9"], Explain(world.Set(VerdictState.Down, "10.0.0.1")).Answer.Values);
    }

    [Fact]
    public void Tells_the_share_of_a_pool_that_comes_back_in_whole_percents()
    {
        var world = new World("policy: Failover\nrecovery: {ramp: 35s}\npools: [{pool: p}]",
            "p: addresses: [{value: 10.0.0.1}]");
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1").Wait(1);

        Assert.Equal(0.13, Explain(world).Pools[0].Share);
    }

    [Fact]
    public void Says_of_a_verdict_that_it_is_remembered()
    {
        var world = new World("policy: Failover\npools: [{pool: p}]", "p: addresses: [{value: 10.0.0.1}]");
        world.Set(["10.0.0.1"], v => v with { Remembered = true });

        Assert.Equal("ok (remembered from before the restart, not probed yet)",
            Explain(world).Pools[0].Addresses[0].Reason);
        Assert.Equal("ok", Explain(world.Set(["10.0.0.1"], v => v with { Remembered = false }))
            .Pools[0].Addresses[0].Reason);
    }

    [Fact]
    public void Knows_names_below_a_wildcard_and_no_others()
    {
        var world = new World("pools: [{pool: p}]", "p: addresses: [{value: 10.0.0.1}]", hostname: "*.w.example.org");

        Assert.NotNull(world.Table.Find("a.w.example.org"));
        Assert.NotNull(world.Table.Find("a.b.w.example.org"));
        Assert.Null(world.Table.Find("w.example.org"));
        Assert.Null(world.Table.Find("a.example.org"));
        Assert.Null(world.Table.Find("org"));
        Assert.False(world.Table.TryFind("a.example.org", out _));
    }

    private static Explanation Explain(World world) => Explainer.Explain(world.Table, "app.example.org",
        IPAddress.Parse("192.0.2.0"), 24, AddressKind.V4, 1, world.Now)!;

    private static string Forwarded(World world) =>
        Explain(world).Steps.Single(s => s.StartsWith("This node's gateway", StringComparison.Ordinal));
}
