using System.Globalization;
using Meridian.Fleet.Tests.Support;
using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet.Tests;

/// <summary>
/// Random histories of targets that fail for some nodes, links to the store that break, sessions that are lost, and
/// time that passes. After each step every answer of every node is checked against what the votes allow.
/// </summary>
public sealed class RandomScheduleTests
{
    private const int Targets = 4;

    private static readonly int Schedules = int.Parse(
        Environment.GetEnvironmentVariable("MERIDIAN_FLEET_SCHEDULES") ?? "200", CultureInfo.InvariantCulture);

    private static readonly string[][] Shapes =
        [["eu", "vn", "hk"], ["eu", "eu", "vn", "hk", "us"], ["eu", "vn"], ["eu", "eu", "vn", "vn"]];

    [Fact]
    public void No_answer_is_another_than_the_votes_allow()
    {
        for (var seed = 0; seed < Schedules; seed++)
            Run(seed);
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        var fleet = new SimulatedFleet(Shapes[seed % Shapes.Length], Targets);
        var cut = new HashSet<int>();
        for (var step = 0; step < 60; step++)
        {
            var before = Enumerable.Range(0, Targets).Select(fleet.States).ToArray();
            var what = Act(random, fleet, cut);
            for (var target = 0; target < Targets; target++)
            {
                foreach (var node in fleet.Nodes)
                    Check(fleet, node, target, before[target], $"seed {seed}, step {step} ({what}), target {target}");
            }
        }
    }

    private static string Act(Random random, SimulatedFleet fleet, HashSet<int> cut)
    {
        var node = random.Next(fleet.Nodes.Length);
        switch (random.Next(8))
        {
            case 0 when cut.Add(node):
                fleet.Nodes[node].Store.Cut(endsSession: random.Next(2) == 0);
                fleet.Settle();
                return $"cut n{node}";
            case 1 when cut.Remove(node):
                fleet.Nodes[node].Store.Heal();
                fleet.Settle();
                return $"heal n{node}";
            case 2:
                fleet.Cluster.ExpireSessions();
                fleet.Settle();
                return "expire";
            case 3:
                fleet.Nodes[node].Store.LoseSession();
                fleet.Settle();
                return $"n{node} loses its session";
            case 4:
                fleet.Advance(TimeSpan.FromSeconds(random.Next(60)));
                return "wait";
            default:
                var (target, reachable) = (random.Next(Targets), random.Next(2) == 0);
                int[] nodes = [.. Enumerable.Range(0, fleet.Nodes.Length).Where(_ => random.Next(2) == 0)];
                fleet.Set(target, reachable, nodes);
                return $"{(reachable ? "reach" : "lose")} by {string.Join(',', nodes)}";
        }
    }

    private static void Check(SimulatedFleet fleet, SimulatedNode node, int target, string before, string where)
    {
        var key = fleet.Key(target);
        var (state, probed) = (node.Of(key), node.Probed(key).State);
        var voters = node.Judge.VotesOn(key).Where(v => v.Counts).ToArray();
        var down = voters.Count(v => v.State == VoteState.Down);
        var text = $"{where}: {node.Name} answers {state}, probes say {probed}, {down} of {voters.Length} down";
        Assert.True(state is VerdictState.Up or VerdictState.Down, text);
        if (!node.Store.IsAttached)
        {
            // Cut off, it may hold what it knew for half a minute; it invents nothing.
            var was = before[fleet.Nodes.IndexOf(node)] == '+' ? VerdictState.Up : VerdictState.Down;
            Assert.True(state == was || state == probed || node.Judge.Illness is not null, text);
            return;
        }

        if (voters.Length > 0 && down == voters.Length)
            Assert.True(state == VerdictState.Down, text);
        if (voters.Length > 0 && down == 0)
            Assert.True(state == VerdictState.Up, text);
        if (2 * down > voters.Length && voters.Where(v => v.State == VoteState.Down).Select(v => v.Region).Distinct()
            .Count() >= Math.Min(2, voters.Select(v => v.Region).Distinct().Count()))
            Assert.True(state == VerdictState.Down || voters.Length == 2, text);

        // Down against what it sees itself: a quorum says so, or has said so and no other quorum has said otherwise.
        if (state == VerdictState.Down && probed == VerdictState.Up && node.Judge.Illness is null)
            Assert.True(2 * down >= voters.Length || before[fleet.Nodes.IndexOf(node)] == '-'
                || 2 * RegionDown(node, voters) > voters.Count(v => v.Region == node.Region), text);
    }

    private static int RegionDown(SimulatedNode node, Vote[] voters) =>
        voters.Count(v => v.Region == node.Region && v.State == VoteState.Down);
}
