namespace Meridian.Model.Resources;

/// <summary>An object in a cluster.</summary>
/// <param name="Cluster">Name of the Cluster.</param>
/// <param name="Kind"><c>Ingress</c>, <c>Service</c>, <c>Gateway</c> or a route of the Gateway API.</param>
/// <param name="Name"><c>namespace/name</c>.</param>
public readonly record struct ClusterReference(string Cluster, string Kind, string Name)
{
    public override string ToString() => $"{Kind} {Name} in cluster {Cluster}";
}
