using Meridian.Api.Contracts;

namespace Meridian.Api;

/// <summary>The cluster of nodes that a node is a part of.</summary>
public interface IFleet
{
    /// <summary>What the node knows of it; null where it shares no store.</summary>
    FleetStatus? Status { get; }

    /// <summary>Drains a node: null when that is in the shared store, else why it is not.</summary>
    Task<string?> DrainAsync(string node, DrainStatus drain);

    /// <summary>Lets a node back that is drained: null when that is in the shared store, else why it is not.</summary>
    Task<string?> RestoreAsync(string node);

    /// <summary>
    /// Forgets a node that is not here: null when that is in the shared store, else why it is not.
    /// </summary>
    Task<string?> ForgetAsync(string node);
}
