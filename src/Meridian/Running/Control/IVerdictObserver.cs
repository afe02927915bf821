using System.Collections.Immutable;
using Meridian.Health;

namespace Meridian.Running.Control;

/// <summary>A feature that keeps or reports each changed verdict.</summary>
internal interface IVerdictObserver : IFeature
{
    /// <summary>Called on the control loop once the table shows the changes. Must not block.</summary>
    void Observe(ImmutableArray<VerdictChange> changes, NodeState now);
}
