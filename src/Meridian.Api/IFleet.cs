using Meridian.Api.Contracts;

namespace Meridian.Api;

/// <summary>The cluster of nodes that a node is a part of.</summary>
public interface IFleet
{
    /// <summary>What the node knows of it; null where it shares no store.</summary>
    FleetStatus? Status { get; }
}
