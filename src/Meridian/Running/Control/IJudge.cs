using Meridian.Health;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>What is known of addresses.</summary>
internal interface IJudge
{
    /// <summary>Sets what is probed; of every target something is known when this returns.</summary>
    void Follow(IReadOnlyCollection<ProbeTarget> targets);

    /// <summary>What is known at this moment, with the overrides and readiness of a state.</summary>
    IVerdicts Judge(NodeState state);
}
