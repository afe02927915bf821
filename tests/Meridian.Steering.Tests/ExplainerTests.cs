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
        Assert.True(explanation.Pools[1].Chosen);
        Assert.Contains(explanation.Steps,
            s => s.Contains("Pool p is down: 0 of 1 addresses are up and 1 must be; 10.0.0.1: http: 503",
                StringComparison.Ordinal));
        Assert.Contains(explanation.Steps, s => s.Contains("no --geo database", StringComparison.Ordinal));
    }

    [Fact]
    public void Knows_names_below_a_wildcard_and_no_others()
    {
        var world = new World("pools: [{pool: p}]", "p: addresses: [{value: 10.0.0.1}]");

        Assert.Null(world.Table.Find("other.example.org"));
        Assert.NotNull(world.Table.Find("app.example.org"));
    }
}
