using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Where a kubeconfig is: exactly one of them.</summary>
[Rule("[self.inCluster, has(self.file), has(self.secret), has(self.argoSecret)].filter(x, x).size() == 1",
    "exactly one of inCluster, file, secret and argoSecret is wanted")]
public sealed record ClusterAccess
{
    [Field("The cluster that the node runs in, by its service account")]
    public bool InCluster { get; init; }

    [Field("A kubeconfig file on the node; relative to the file that this resource stands in",
        Default = "none", IsPath = true)]
    public string? File { get; init; }

    [Field("A Secret with a kubeconfig, as `namespace/name`, in the cluster that this node reads its resources from",
        Default = "none")]
    public string? Secret { get; init; }

    [Field("The key in the Secret")]
    public string Key { get; init; } = "kubeconfig";

    [Field("An Argo CD cluster Secret, as `namespace/name`, in the cluster that this node reads its resources from",
        Default = "none")]
    public string? ArgoSecret { get; init; }

    [Field("The kubeconfig's context", Default = "its current context")]
    public string? Context { get; init; }
}
