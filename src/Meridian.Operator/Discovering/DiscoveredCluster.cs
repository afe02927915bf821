using System.Collections.Immutable;
using Meridian.Kubernetes.Watching;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>What is known of a cluster. While the cluster cannot be reached it is kept, but is not evidence.</summary>
public sealed record DiscoveredCluster
{
    public required string Name { get; init; }

    /// <summary>Name of its Site, if known.</summary>
    public string? Site { get; init; }

    /// <summary>Whether its objects may join endpoints by annotations.</summary>
    public bool Annotations { get; init; }

    /// <summary>Whether everything in it has been read at least once.</summary>
    public bool Synced { get; init; }

    /// <summary>Number of its objects that are watched.</summary>
    public int ObjectCount { get; init; }

    /// <summary>When its API server last answered.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Why its API server is not reached; null while it is.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether its API server is reached; null before the first attempt has ended.</summary>
    public bool? IsReachable => Fault == Contact.NotAsked ? null : Fault is null;

    /// <summary>Its objects that clients can be sent to.</summary>
    public ImmutableDictionary<ClusterReference, DiscoveredObject> Objects { get; init; } =
        ImmutableDictionary<ClusterReference, DiscoveredObject>.Empty;
}
