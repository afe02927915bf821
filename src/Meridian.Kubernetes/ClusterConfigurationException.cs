namespace Meridian.Kubernetes;

/// <summary>A kubeconfig, or what stands for one, cannot be used; the message says which and why.</summary>
public sealed class ClusterConfigurationException(string message) : Exception(message);
