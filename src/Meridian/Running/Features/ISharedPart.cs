using Meridian.State.Shared;

namespace Meridian.Running.Features;

/// <summary>A part of a node that has something in common with other nodes through the shared store.</summary>
internal interface ISharedPart
{
    /// <summary>
    /// Called on the control loop when the store, which is known to be prepared, has changed. Must neither block nor do
    /// I/O.
    /// </summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="keys">The keys that have changed since the last call.</param>
    void Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys);
}
