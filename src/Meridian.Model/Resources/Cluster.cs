using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A Kubernetes cluster whose objects are addresses, and whose readiness is evidence.",
    ShortName = "mcl")]
[Rule("!has(self.access) || !has(self.fromArgoCD)",
    "access and fromArgoCD exclude each other")]
public sealed record Cluster : Resource
{
    [Field("Name of the Site where the cluster is", Default = "none; pools say their own")]
    public string? Site { get; init; }

    [Field("Where the kubeconfig is; without one the cluster is known by name and identity alone", Default = "none")]
    public ClusterAccess? Access { get; init; }

    [Field("Stands for all clusters that Argo CD knows in the cluster that this node reads its resources from, each " +
        "under its own name", Default = "none")]
    public ArgoClusters? FromArgoCD { get; init; }

    [Field("false: nothing in it joins an endpoint by an annotation")]
    public bool Annotations { get; init; } = true;
}
