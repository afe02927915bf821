using System.Collections.Immutable;
using Meridian.Health;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>What is known of addresses.</summary>
internal interface IJudge
{
    /// <summary>Sets what is probed; of every target something is known when this returns.</summary>
    void Follow(IReadOnlyCollection<ProbeTarget> targets);

    /// <summary>
    /// Takes in changed verdicts of this node's own probes. Called on the control loop before a table is judged by
    /// them; must not block.
    /// </summary>
    void Weigh(ImmutableArray<VerdictChange> changes)
    {
    }

    /// <summary>What is known at this moment, with the overrides and readiness of a state.</summary>
    IVerdicts Judge(NodeState state);
}
