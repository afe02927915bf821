using CsCheck;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Scenarios 14–20, 22 and 23 of the field study: who gets what.</summary>
public sealed class PolicyTests
{
    private const string TwoPools = "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: 10.0.0.2}]";

    [Theory]
    [InlineData(1, 0, "10.0.0.1")]
    [InlineData(0, 1, "10.0.0.2")]
    public void The_only_one_with_a_weight_is_answered_among_pools_and_within_one(int one, int other, string expected)
    {
        var pools = new World($"policy: Weighted\npools: [{{pool: p, weight: {one}}}, {{pool: s, weight: {other}}}]",
            TwoPools);
        var addresses = new World("pools: [{pool: p}]", "p: policy: Weighted, addresses: " +
            $"[{{value: 10.0.0.1, weight: {one}}}, {{value: 10.0.0.2, weight: {other}}}]");
        Assert.All(Enumerable.Range(0, 50), draw =>
        {
            Assert.Equal([expected], pools.Answer(draw: (ulong)draw));
            Assert.Equal(expected, addresses.Answer(draw: (ulong)draw)[0]);
        });
    }

    [Fact]
    public void A_full_failover_cycle_answers_P_P_all_S_P()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 0s}\n" +
            "whenAllDown: NoData", TwoPools);
        Assert.Equal(["10.0.0.1"], world.Answer());

        Assert.Equal(["10.0.0.1"], world.Set(VerdictState.Down, "10.0.0.2").Answer());
        Assert.Empty(world.Set(VerdictState.Down, "10.0.0.1").Answer());
        Assert.Equal(["10.0.0.2"], world.Set(VerdictState.Up, "10.0.0.2").Answer());
        Assert.Equal(["10.0.0.1"], world.Set(VerdictState.Up, "10.0.0.1").Answer());
    }

    [Fact]
    public void Mutual_failover_moves_only_the_clients_of_the_side_that_died()
    {
        var map = """

            ---
            apiVersion: meridian.dev/v1alpha1
            kind: SourceMap
            metadata: {name: m}
            spec:
              sources:
                - {name: one, networks: [10.1.0.0/16], pools: [p, s]}
                - {name: two, networks: [10.2.0.0/16], pools: [s, p]}
              default: [p, s]
            """;
        var world = new World("policy: SourceMap\nsourceMap: m\npools: [{pool: p}, {pool: s}]\nrecovery: {ramp: 0s}",
            TwoPools, map);

        world.Set(VerdictState.Down, "10.0.0.1");
        Assert.Equal(["10.0.0.2"], world.Answer("10.1.0.1"));
        Assert.Equal(["10.0.0.2"], world.Answer("10.2.0.1"));
        world.Set(VerdictState.Up, "10.0.0.1");
        Assert.Equal(["10.0.0.1"], world.Answer("10.1.0.1"));
        Assert.Equal(["10.0.0.2"], world.Answer("10.2.0.1"));
    }

    [Fact]
    public void Round_robin_with_one_site_down_gives_the_addresses_of_the_others()
    {
        var world = new World("policy: RoundRobin\npools: [{pool: a}, {pool: b}, {pool: c}]\nrecovery: {ramp: 0s}",
            "a: addresses: [{value: 10.0.1.1}, {value: 10.0.1.2}]\n" +
            "b: addresses: [{value: 10.0.2.1}, {value: 10.0.2.2}]\n" +
            "c: addresses: [{value: 10.0.3.1}, {value: 10.0.3.2}]");
        Assert.Equal(6, world.Shares(500).Count);

        world.Set(VerdictState.Down, "10.0.1.1", "10.0.1.2");
        Assert.Equal(["10.0.2.1", "10.0.2.2", "10.0.3.1", "10.0.3.2"], world.Shares(500).Keys.Order());

        world.Set(VerdictState.Up, "10.0.1.1", "10.0.1.2");
        Assert.Equal(6, world.Shares(500).Count);
    }

    [Fact]
    public void Weights_are_true_to_the_99_9_percent_interval_and_weight_0_gets_nothing()
    {
        var world = new World("policy: Weighted\n" +
            "pools: [{pool: a, weight: 80}, {pool: b, weight: 15}, {pool: c, weight: 5}, {pool: d, weight: 0}]",
            "a: addresses: [{value: 10.0.0.1}]\nb: addresses: [{value: 10.0.0.2}]\n" +
            "c: addresses: [{value: 10.0.0.3}]\nd: addresses: [{value: 10.0.0.4}]");

        var shares = world.Shares();

        Within(shares["10.0.0.1"], 0.80);
        Within(shares["10.0.0.2"], 0.15);
        Within(shares["10.0.0.3"], 0.05);
        Assert.DoesNotContain("10.0.0.4", shares.Keys);
    }

    [Theory]
    [InlineData("Weighted", "RoundRobin", AddressKind.V4)]
    [InlineData("Weighted", "Weighted", AddressKind.V6)]
    [InlineData("RoundRobin", "All", AddressKind.V6)]
    [InlineData("Sticky", "Failover", AddressKind.V4)]
    [InlineData("Sticky", "Sticky", AddressKind.V4)]
    [InlineData("Failover", "RoundRobin", AddressKind.V6)]
    public void What_lies_ready_is_what_would_be_chosen(string policy, string within, AddressKind kind)
    {
        var family = kind == AddressKind.V4 ? "10.0." : "2001:db8::";
        var one = string.Join(", ",
            Enumerable.Range(1, 5).Select(i =>
                $"{{value: '{family}{(kind == AddressKind.V4 ? "1." : "1:")}{i}', weight: {i}}}"));
        var world = new World($"policy: {policy}\nmaxAnswers: 3\nrecovery: {{ramp: 0s}}\n" +
            $"pools: [{{pool: a, weight: 5}}, {{pool: b, weight: 1}}]",
            $"a: policy: {within}, addresses: [{one}]\n" +
            $"b: policy: {within}, addresses: [{{value: '{family}{(kind == AddressKind.V4 ? "2." : "2:")}1'}}]");
        var random = new Random(1);

        for (var i = 0; i < 500; i++)
            world.Wait(0.01).Choose($"192.0.{i % 256}.1", draw: (ulong)random.NextInt64(), kind: kind);

        Assert.Equal(500, world.ReadyCount);
    }

    [Fact]
    public void Weights_inside_a_pool_are_true_as_well()
    {
        var world = new World("pools: [{pool: p}]",
            "p: policy: Weighted, addresses: [{value: 10.0.0.1, weight: 3}, {value: 10.0.0.2, weight: 1}, " +
            "{value: 10.0.0.3, weight: 0}]");

        var shares = world.Shares();

        Within(shares["10.0.0.1"], 0.75);
        Within(shares["10.0.0.2"], 0.25);
        Assert.DoesNotContain("10.0.0.3", shares.Keys);
    }

    [Fact]
    public void Weight_0_is_answered_when_nothing_else_is_up()
    {
        var pools = new World("policy: Weighted\npools: [{pool: p, weight: 1}, {pool: s, weight: 0}]", TwoPools);
        var addresses = new World("pools: [{pool: p}]",
            "p: policy: Weighted, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2, weight: 0}]");

        Assert.Equal(["10.0.0.2"], pools.Set(VerdictState.Down, "10.0.0.1").Answer());
        Assert.Equal(["10.0.0.2"], addresses.Set(VerdictState.Down, "10.0.0.1").Answer());
    }

    [Fact]
    public void A_pool_below_its_minimum_is_down_and_the_next_one_answers()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            "p: policy: Weighted, minHealthy: 2, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, " +
            "{value: 10.0.0.3}]\ns: addresses: [{value: 10.0.1.1}]");

        Assert.StartsWith("10.0.0.", world.Set(VerdictState.Down, "10.0.0.1").Answer()[0]);
        Assert.Equal(["10.0.1.1"], world.Set(VerdictState.Down, "10.0.0.2").Answer());
    }

    [Fact]
    public void A_pool_of_ten_that_must_be_half_up_answers_with_five_and_not_with_four()
    {
        var addresses = string.Join(", ", Enumerable.Range(1, 10).Select(i => $"{{value: 10.0.0.{i}}}"));
        var world = new World("policy: Failover\nmaxAnswers: 10\npools: [{pool: p}, {pool: s}]",
            $"p: minHealthy: 50%, addresses: [{addresses}]\ns: addresses: [{{value: 10.0.1.1}}]");

        world.Set(VerdictState.Down, "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5");
        Assert.Equal(5, world.Answer().Length);
        Assert.Equal(["10.0.1.1"], world.Set(VerdictState.Down, "10.0.0.6").Answer());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void When_one_of_four_dies_only_its_clients_move_and_exactly_they_come_back(bool pools)
    {
        var world = pools
            ? new World("policy: Sticky\npools: [{pool: a}, {pool: b}, {pool: c}, {pool: d}]\nrecovery: {ramp: 0s}",
                "a: addresses: [{value: 10.0.0.1}]\nb: addresses: [{value: 10.0.0.2}]\n" +
                "c: addresses: [{value: 10.0.0.3}]\nd: addresses: [{value: 10.0.0.4}]")
            : new World("pools: [{pool: p}]\nrecovery: {ramp: 0s}",
                "p: policy: Sticky, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, {value: 10.0.0.3}, " +
                "{value: 10.0.0.4}]");
        var clients = Enumerable.Range(0, 10_000).Select(i => $"{20 + (i % 100)}.{i / 100}.7.0").ToArray();
        var before = clients.Select(c => world.Answer(c)[0]).ToArray();

        world.Set(VerdictState.Down, "10.0.0.2");
        var during = clients.Select(c => world.Answer(c)[0]).ToArray();
        world.Set(VerdictState.Up, "10.0.0.2");
        var after = clients.Select(c => world.Answer(c)[0]).ToArray();

        Assert.All(Enumerable.Range(0, clients.Length),
            i => Assert.True(before[i] == "10.0.0.2" ? during[i] != "10.0.0.2" : during[i] == before[i]));
        Assert.Equal(before, after);
        Within(before.Count(a => a == "10.0.0.2"), 0.25);
        Assert.Equal(ClientView.StickyV4Bits, world.Choose("20.0.7.9").Decision.ScopeBits);
    }

    [Fact]
    public void Twelve_healthy_addresses_are_eight_distinct_ones_an_answer_and_all_over_time()
    {
        var addresses = string.Join(", ", Enumerable.Range(1, 12).Select(i => $"{{value: 10.0.0.{i}}}"));
        var world = new World("maxAnswers: 8\npools: [{pool: p}]", $"p: addresses: [{addresses}]");
        var random = new Random(1);

        var answers = Enumerable.Range(0, 200).Select(_ => world.Answer(draw: (ulong)random.NextInt64())).ToArray();

        Assert.All(answers, a => Assert.Equal(8, a.Distinct().Count()));
        Assert.Equal(12, answers.SelectMany(a => a).Distinct().Count());
    }

    [Fact]
    public void A_backup_answer_ends_with_an_address_of_the_next_pool()
    {
        var world = new World("policy: Failover\nbackupAnswer: true\nmaxAnswers: 3\npools: [{pool: p}, {pool: s}]",
            "p: policy: All, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}, {value: 10.0.0.3}]\n" +
            "s: addresses: [{value: 10.0.1.1}]");

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.1.1"], world.Answer());
        Assert.Equal(3, world.Set(VerdictState.Down, "10.0.1.1").Answer().Length);
    }

    [Fact]
    public void A_pool_of_names_is_answered_with_one_alias()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            "p: policy: Failover, addresses: [{value: a.example.net}, {value: b.example.net}]\n" +
            "s: addresses: [{value: 10.0.0.1}]");

        var (choice, values) = world.Choose();
        Assert.Equal(Outcome.Alias, choice.Outcome);
        Assert.Equal(["a.example.net"], values);
        Assert.Equal(["b.example.net"], world.Set(VerdictState.Down, "a.example.net").Answer());
        Assert.Equal(["10.0.0.1"], world.Set(VerdictState.Down, "b.example.net").Answer());
    }

    [Fact]
    public void Each_family_is_answered_from_the_same_pool()
    {
        var world = new World("policy: Failover\npools: [{pool: p}, {pool: s}]",
            "p: addresses: [{value: 10.0.0.1}]\ns: addresses: [{value: \"2001:db8::1\"}]");

        Assert.Equal(Outcome.NoData, world.Choose(kind: AddressKind.V6).Decision.Outcome);
        Assert.Equal(["2001:db8::1"], world.Set(VerdictState.Down, "10.0.0.1").Choose(kind: AddressKind.V6).Values);
    }

    [Fact]
    public void Failover_follows_priority_before_the_order_of_the_list() =>
        Assert.Equal(["10.0.0.2"],
            new World("policy: Failover\npools: [{pool: p, priority: 20}, {pool: s, priority: 10}]", TwoPools)
            .Answer());

    [Fact]
    public void Any_verdicts_and_any_draw_give_a_choice_of_what_may_be_answered()
    {
        foreach (var policy in (string[])["Nearest", "Failover", "Weighted", "RoundRobin", "Sticky", "LeastLoad"])
        {
            var world = new World($"policy: {policy}\nbackupAnswer: true\n" +
                $"pools: [{{pool: a}}, {{pool: b, weight: 0}}, {{pool: c, weight: 7}}]",
                "a: loadSignal: l, site: hanoi, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]\n" +
                "b: loadSignal: l, site: suva, addresses: [{value: 10.0.0.3}]\n" +
                "c: loadSignal: l, site: frankfurt, addresses: [{value: 10.0.0.4}, {value: \"2001:db8::4\"}]");
            Gen.Select(Gen.Int[0, 3].Array[5], Gen.ULong, Gen.Byte.Array[4]).Sample((states, draw, client) =>
            {
                string[] values = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "2001:db8::4"];
                for (var i = 0; i < 5; i++)
                    world.Set((VerdictState)states[i], values[i]);
                var answer = world.Choose(new System.Net.IPAddress(client).ToString(), draw: draw);
                Assert.Equal(answer.Values.Length, answer.Values.Distinct().Count());
                if (!answer.Decision.AllDown)
                    Assert.All(answer.Values,
                        v => Assert.Equal((int)VerdictState.Up, states[Array.IndexOf(values, v)]));
            }, iter: 500, threads: 1);
        }
    }

    /// <summary>The two-sided 99.9 % interval of a binomial share of 10,000 (normal approximation, z = 3.29).</summary>
    private static void Within(int count, double share)
    {
        var margin = 3.29 * Math.Sqrt(10_000 * share * (1 - share));
        Assert.InRange(count, (10_000 * share) - margin, (10_000 * share) + margin);
    }
}
