namespace Meridian.Operator.Discovering;

/// <summary>A cluster that is to be watched.</summary>
/// <param name="Name">The name that people know it by.</param>
/// <param name="Owner">Name of the Cluster resource that it is of.</param>
/// <param name="Source">Where its access is, for people.</param>
/// <param name="Site">Name of its Site; null where none is known.</param>
/// <param name="Annotations">Whether its objects may join endpoints by annotations.</param>
/// <param name="Access">
/// Reads how it is reached; throws a <see cref="Kubernetes.ClusterConfigurationException"/> where that is not known.
/// </param>
internal sealed record NamedCluster(string Name, string Owner, string Source, string? Site, bool Annotations,
    Func<ClusterPath> Access);
