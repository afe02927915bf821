using System.Collections.Immutable;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>What follows from something that a node has seen or heard.</summary>
public sealed record FleetStep
{
    public static FleetStep Nothing { get; } = new();

    /// <summary>What is to be said to the others.</summary>
    public ImmutableArray<SharedWrite> Writes { get; init; } = [];

    /// <summary>Probes whose verdict may be another now.</summary>
    public ImmutableArray<ProbeKey> Judged { get; init; } = [];

    /// <summary>Probes that another node has seen fail: this one looks for itself at once.</summary>
    public ImmutableArray<ProbeKey> Suspected { get; init; } = [];
}
