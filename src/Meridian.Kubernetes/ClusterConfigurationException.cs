namespace Meridian.Kubernetes;

/// <summary>A kubeconfig, or another form of access, cannot be used; the message says which and why.</summary>
public sealed class ClusterConfigurationException(string message) : Exception(message);
