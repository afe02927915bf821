namespace Meridian.Running.Control;

/// <summary>
/// A part of a node that the control loop knows. It watches something of its own (a store, clusters, tunnels, clients)
/// and gives what it sees to the loop as a <see cref="Change"/> or a posted action; it acts on the world when a new
/// state is in force.
/// </summary>
internal interface IFeature
{
    /// <summary>What it is called in the log.</summary>
    string Name { get; }

    /// <summary>Called on the control loop about once a second. Must neither block nor do I/O.</summary>
    void Tick(DateTimeOffset now)
    {
    }

    /// <summary>
    /// Called on the control loop after each new state is in force. Must neither block nor do I/O; what it throws is
    /// logged and holds up no other feature.
    /// </summary>
    void Commit(NodeState before, NodeState now)
    {
    }

    /// <summary>
    /// Ends when it has acted on every state that was committed before, where it does that beside the control loop: who
    /// asked for a change is answered only then. Never faults.
    /// </summary>
    Task WhenActed() => Task.CompletedTask;
}
