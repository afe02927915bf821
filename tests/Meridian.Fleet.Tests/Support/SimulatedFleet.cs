using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests.Support;

/// <summary>Several nodes, their store and their targets, in virtual time and one thread.</summary>
internal sealed class SimulatedFleet
{
    public static readonly string[] Sites = ["fra", "sin", "nyc", "gru"];

    public SimulatedFleet(string[] regions, int targets = 4, Vantages? vantages = null)
    {
        var check = new HealthCheck
        {
            Name = "h",
            Location = default!,
            Tcp = new TcpCheck(),
            Vantages = vantages ?? new Vantages(),
        };
        Targets = [.. Enumerable.Range(0, targets).Select(i =>
            new FleetTarget(new ProbeKey("h", $"127.0.0.{i + 1}", 80, ""), check, Sites[i % Sites.Length]))];
        Nodes = [.. regions.Select((region, i) => new SimulatedNode(this, $"n{i}", region))];
        ProbeAll((_, _) => true);
        Settle();
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public MemoryCluster Cluster { get; } = new();

    public ImmutableArray<FleetTarget> Targets { get; }

    public ImmutableArray<SimulatedNode> Nodes { get; }

    public ProbeKey Key(int target) => Targets[target].Key;

    /// <summary>Every node probes every target once.</summary>
    public void ProbeAll(Func<SimulatedNode, int, bool> isReachable)
    {
        foreach (var node in Nodes)
        {
            for (var i = 0; i < Targets.Length; i++)
                node.Probe(Key(i), isReachable(node, i));
        }
    }

    /// <summary>Some nodes lose a target, or have it back: two probes each.</summary>
    public void Set(int target, bool reachable, params int[] nodes)
    {
        foreach (var node in nodes)
        {
            Nodes[node].Probe(Key(target), reachable);
            Nodes[node].Probe(Key(target), reachable);
        }

        Settle();
    }

    /// <summary>Until nobody has anything more to say.</summary>
    public void Settle()
    {
        for (var i = 0; i < 4; i++)
        {
            foreach (var node in Nodes)
                node.Turn();
        }
    }

    public void Advance(TimeSpan span)
    {
        Now += span;
        Settle();
    }

    /// <summary>Writes what another program might.</summary>
    public void Write(string key, string value) => _ = Nodes[0].Store.CommitAsync(
        new SharedTransaction([new SharedWrite(key, value)]), default);

    /// <summary>What each node answers with for a target.</summary>
    public string States(int target) => string.Concat(Nodes.Select(n => n.Of(Key(target)) switch
    {
        VerdictState.Up => '+',
        VerdictState.Down => '-',
        _ => '?',
    }));
}
