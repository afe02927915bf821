using k8s;

namespace Meridian.Operator.Discovering;

/// <summary>How a cluster is reached.</summary>
/// <param name="Key">Different where anything of the configuration is different.</param>
/// <param name="Configuration">Reads the address and the credentials.</param>
internal sealed record ClusterPath(string Key, Func<KubernetesClientConfiguration> Configuration);
