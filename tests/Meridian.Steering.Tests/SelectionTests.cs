using System.Text;
using Meridian.Geography;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Steering.Ordering;
using Meridian.Steering.Picking;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>The compiled selection against the order that explains it, and the details of both.</summary>
public sealed class SelectionTests
{
    private const string Map = """

        ---
        apiVersion: meridian.dev/v1alpha1
        kind: SourceMap
        metadata: {name: m}
        spec:
          sources:
            - {name: one, networks: [10.0.0.0/9], pools: [c]}
            - {name: two, networks: [192.0.2.0/24], pools: [b, a]}
          default: [b]
        """;

    private static readonly GeoDatabase Geo = GeoDatabase.Of([GeoFile.Read("s.csv",
        Encoding.UTF8.GetBytes("10.0.0.0/8,VN,21,105,,\n20.0.0.0/8,DE,50,8,,\n30.0.0.0/8,FJ,-18,178,,"))]);

    [Theory]
    [InlineData("policy: Nearest", "")]
    [InlineData("policy: SourceMap\nsourceMap: m", Map)]
    [InlineData("policy: Failover", "")]
    [InlineData("policy: Sticky", "")]
    public void What_is_selected_is_the_first_of_the_order_that_serves(string policy, string map)
    {
        var world = new World(policy + "\n" +
            "pools: [{pool: a, weight: 3}, {pool: b, priority: 1}, {pool: c, weight: 2}]\nrecovery: {ramp: 0s}",
            "a: site: frankfurt, addresses: [{value: 10.0.0.1}]\nb: site: hanoi, addresses: [{value: 10.0.0.2}]\n" +
            "c: site: suva, addresses: [{value: 10.0.0.3}]",
            map, Geo);
        foreach (var down in new[] { "none", "10.0.0.1", "10.0.0.2", "10.0.0.3" })
        {
            if (down != "none")
                world.Set(VerdictState.Down, down);
            for (var i = 0; i < 200; i++)
            {
                var client = new byte[] { (byte)((i % 4 * 10) + 10), (byte)i, 2, 1 };
                var view = new ClientView(client, 32);
                var order = new int[3];
                world.Plan.Order(view, 1, world.Now, order, out var scope);
                var picks = new Pick[4];
                var decision = world.Plan.Choose(AddressKind.V4, view, 1, world.Now, picks);
                Assert.Equal(order.First(p => world.Plan.Pools[p].Serves), picks[0].Pool);
                Assert.Equal(scope, decision.ScopeBits);
            }

            if (down != "none")
                world.Set(VerdictState.Up, down);
        }
    }

    [Fact]
    public void Sticky_gives_each_pool_the_clients_of_its_weight()
    {
        var world = new World("policy: Sticky\npools: [{pool: a, weight: 3}, {pool: b}, {pool: c, weight: 0}]",
            "a: addresses: [{value: 10.0.0.1}]\nb: addresses: [{value: 10.0.0.2}]\nc: addresses: [{value: 10.0.0.3}]");
        var clients = Enumerable.Range(0, 8000).Select(i => $"{20 + (i % 100)}.{i / 100}.7.0").ToArray();

        var shares = clients.CountBy(c => world.Answer(c)[0]).ToDictionary();

        Assert.InRange(shares["10.0.0.1"], 5850, 6150);
        Assert.Equal(8000, shares["10.0.0.1"] + shares["10.0.0.2"]);
        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2");
        Assert.Equal(["10.0.0.3"], world.Answer());
    }

    [Fact]
    public void A_pool_of_weight_1_is_weight_enough_for_those_of_weight_0_to_rest()
    {
        // While one ramps the pools are ordered by their scores.
        var world = new World("policy: Weighted\nrecovery: {ramp: 100s}\npools: [{pool: a}, {pool: b, weight: 0}]",
            "a: addresses: [{value: 10.0.0.1}]\nb: addresses: [{value: 10.0.0.2}]");
        world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Up, "10.0.0.1");

        Assert.Equal(10_000, world.Shares()["10.0.0.1"]);
    }

    [Fact]
    public void Sticky_shares_clients_evenly_among_pools_of_weight_0_where_there_is_nothing_else()
    {
        var world = new World("policy: Sticky\npools: [{pool: a, weight: 3}, {pool: b, weight: 0}, " +
            "{pool: c, weight: 0}]",
            "a: addresses: [{value: 10.0.0.1}]\nb: addresses: [{value: 10.0.0.2}]\nc: addresses: [{value: 10.0.0.3}]");
        var clients = Enumerable.Range(0, 1000).Select(i => $"{20 + (i % 100)}.{i / 100}.7.0").ToArray();

        Assert.All(clients, c => Assert.Equal(["10.0.0.1"], world.Answer(c)));
        world.Set(VerdictState.Down, "10.0.0.1");
        Assert.InRange(clients.Count(c => world.Answer(c)[0] == "10.0.0.2"), 430, 570);
    }

    [Fact]
    public void A_sticky_pool_gives_each_address_the_clients_of_its_weight()
    {
        var world = new World("pools: [{pool: p}]",
            "p: policy: Sticky, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2, weight: 3}, {value: 10.0.0.3, " +
            "weight: 0}]");
        var clients = Enumerable.Range(0, 8000).Select(i => $"{20 + (i % 100)}.{i / 100}.7.0").ToArray();

        var shares = clients.CountBy(c => world.Answer(c)[0]).ToDictionary();

        Assert.InRange(shares["10.0.0.2"], 5850, 6150);
        Assert.DoesNotContain("10.0.0.3", shares.Keys);
    }

    [Theory]
    [InlineData("20.1.2.1", "20.1.2.200", "20.1.3.1", 24)]
    [InlineData("2001:db8:1:200::1", "2001:db8:1:2ff::9", "2001:db8:1:300::1", 56)]
    public void Sticky_looks_at_the_prefix_that_resolvers_send(string one, string same, string other, int bits)
    {
        var world = new World($"policy: Sticky\n" +
            $"pools: [{string.Join(", ", Enumerable.Range(0, 64).Select(i => $"{{pool: p{i}}}"))}]",
            string.Join('\n', Enumerable.Range(0, 64).Select(i => $"p{i}: addresses: [{{value: 10.0.0.{i}}}]")));

        Assert.Equal(world.Answer(one), world.Answer(same));
        Assert.NotEqual(world.Answer(one), world.Answer(other));
        Assert.Equal(bits, world.Choose(one).Decision.ScopeBits);
    }

    [Fact]
    public void An_answer_of_a_pool_is_a_run_that_begins_anew_at_its_end()
    {
        var world = new World("maxAnswers: 3\npools: [{pool: p}]",
            $"p: addresses: [{string.Join(", ", Enumerable.Range(1, 4).Select(i => $"{{value: 10.0.0.{i}}}"))}]");
        var random = new Random(1);

        var answers = Enumerable.Range(0, 100)
            .Select(_ => string.Join(' ', world.Answer(draw: (ulong)random.NextInt64()).Select(a => a[^1])))
            .Distinct().Order();

        Assert.Equal(["1 2 3", "2 3 4", "3 4 1", "4 1 2"], answers);
    }

    [Fact]
    public void Pools_of_many_addresses_answer_all_of_them_over_time()
    {
        var addresses = string.Join(", ", Enumerable.Range(0, 300).Select(i => $"{{value: 10.0.{i / 200}.{i % 200}}}"));
        var world = new World("maxAnswers: 1\npools: [{pool: p}]", $"p: addresses: [{addresses}]");

        Assert.Equal(300, world.Shares(6000).Count);
        Assert.Equal(256, new World("maxAnswers: 1\npools: [{pool: p}]",
            $"p: addresses: [{string.Join(", ", Enumerable.Range(0, 256).Select(i => $"{{value: 10.0.0.{i}}}"))}]")
            .Shares(6000).Count);
    }

    [Theory]
    [InlineData(1, new[] { "10.0.0.1" })]
    [InlineData(2, new[] { "10.0.0.1", "10.0.2.1" })]
    [InlineData(4, new[] { "10.0.0.1", "10.0.0.2", "10.0.2.1" })]
    public void A_backup_is_of_the_next_pool_with_the_family_and_never_all_of_an_answer(int most, string[] values)
    {
        var world = new World($"policy: Failover\nbackupAnswer: true\nmaxAnswers: {most}\n" +
            $"pools: [{{pool: p}}, {{pool: six}}, {{pool: s}}]",
            "p: policy: All, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]\n" +
            "six: addresses: [{value: \"2001:db8::1\"}]\n" +
            "s: policy: All, addresses: [{value: 10.0.2.1}, {value: 10.0.2.2}]");

        Assert.Equal(values, world.Answer());
    }

    [Fact]
    public void A_backup_is_of_the_pool_that_comes_next() =>
        Assert.Equal(["10.0.0.1", "10.0.0.2"], new World(
            "policy: Failover\nbackupAnswer: true\nmaxAnswers: 2\npools: [{pool: p}, {pool: s}, {pool: t}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]\n" +
            "t: addresses: [{value: 10.0.0.3}]").Answer());

    [Fact]
    public void A_name_that_comes_from_a_cluster_gets_no_backup()
    {
        var world = new World("policy: Failover\nbackupAnswer: true\nmaxAnswers: 2\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]");

        Assert.Equal(["a.example.net"], world.Join("p", "a.example.net").Answer());
    }

    [Fact]
    public void A_question_that_the_pool_has_no_address_for_is_not_answered_from_what_lies_ready()
    {
        var world = new World("pools: [{pool: p}]", "p: addresses: [{value: \"2001:db8::1\"}]");

        Assert.Equal(Outcome.NoData, world.Choose(kind: AddressKind.V4).Decision.Outcome);
        Assert.Equal(Outcome.NoData, world.Choose(kind: AddressKind.Name).Decision.Outcome);
        Assert.Equal(0, world.ReadyCount);
        Assert.Equal(["2001:db8::1"], world.Choose(kind: AddressKind.V6).Values);
        Assert.Equal(1, world.ReadyCount);
    }

    [Fact]
    public void A_question_gets_addresses_of_its_own_family()
    {
        var world = new World("pools: [{pool: p}]", "p: addresses: [{value: 10.0.0.1}, {value: \"2001:db8::1\"}]");

        Assert.Equal(["10.0.0.1"], world.Choose(kind: AddressKind.V4).Values);
        Assert.Equal(["2001:db8::1"], world.Choose(kind: AddressKind.V6).Values);
        Assert.Equal(2, world.ReadyCount);
    }

    [Fact]
    public void A_name_among_the_addresses_of_a_pool_is_answered_alone()
    {
        var world = new World("pools: [{pool: p}]", "p: addresses: [{value: 10.0.0.1}]");

        var (decision, values) = world.Join("p", "10.0.0.1", "a.example.net").Choose();

        Assert.Equal(new SteeringDecision(Outcome.Alias, 1, 0, AllDown: false), decision);
        Assert.Equal(["a.example.net"], values);
        Assert.Equal(0, world.ReadyCount);
    }

    [Fact]
    public void Near_things_come_first_then_far_ones_and_what_has_no_place_last()
    {
        var map = NearnessCompiler.Compile(Geo, [null, new(50, 8), new(21, 105), new(50, 8)]);

        Assert.Equal([2, 1, 3, 0], OrderOf(map, 10));
        Assert.Equal([1, 3, 2, 0], OrderOf(map, 20));
        Assert.Equal([0, 1, 2, 3], OrderOf(map, 99));
    }

    [Fact]
    public void A_pool_of_policy_Nearest_answers_the_nearest_address_that_is_up()
    {
        var world = new World("pools: [{pool: p}]",
            "p: policy: Nearest, site: hanoi, addresses: [{value: 10.0.0.1, site: suva}, {value: 10.0.0.2}, " +
            "{value: 10.0.0.3, site: frankfurt}]",
            geo: Geo);

        Assert.Equal(["10.0.0.2"], world.Answer("10.1.1.1"));
        Assert.Equal(["10.0.0.3"], world.Answer("20.1.1.1"));
        Assert.Equal(["10.0.0.1"], world.Answer("30.1.1.1"));
        Assert.Equal(["10.0.0.3"], world.Set(VerdictState.Down, "10.0.0.2").Answer("10.1.1.1"));
        Assert.InRange(world.Choose("10.1.1.1").Decision.ScopeBits, 1, 8);
    }

    [Fact]
    public void Every_policy_is_in_its_table()
    {
        Assert.All(Enum.GetValues<EndpointPolicy>(), p => Assert.NotNull(PoolOrders.Of(p)));
        Assert.Equal(
            [PoolPolicy.RoundRobin, PoolPolicy.Weighted],
            Enum.GetValues<PoolPolicy>().Where(p => AddressPickers.Of(p).ByChance));
        Assert.Equal(
            [PoolPolicy.RoundRobin, PoolPolicy.All],
            Enum.GetValues<PoolPolicy>().Where(p => AddressPickers.Of(p).AnswersAll));
    }

    private static IEnumerable<int> OrderOf(OrderMap map, byte network) =>
        map.OrderOf(new ClientView(new byte[] { network, 0, 0, 1 }, 32), out _);
}
