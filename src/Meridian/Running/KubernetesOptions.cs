namespace Meridian.Running;

/// <summary>The cluster that a node reads its resources from.</summary>
/// <param name="Kubeconfig">A kubeconfig file; null for the cluster that the node runs in.</param>
/// <param name="Context">The kubeconfig's context; null for its current one.</param>
/// <param name="Namespace">The namespace of the resources; null for all.</param>
/// <param name="Status">Whether status and events are written.</param>
internal sealed record KubernetesOptions(string? Kubeconfig, string? Context, string? Namespace, bool Status = true);
