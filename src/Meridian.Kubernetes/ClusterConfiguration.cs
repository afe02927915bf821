using k8s;
using k8s.Exceptions;
using Meridian.Files;
using YamlDotNet.Core;

namespace Meridian.Kubernetes;

/// <summary>
/// Where a cluster's API server is and how to prove oneself to it: certificate, token, or a program that gives one.
/// </summary>
public static class ClusterConfiguration
{
    /// <summary>The cluster that this process runs in, by its service account.</summary>
    /// <exception cref="ClusterConfigurationException">It does not run in a cluster.</exception>
    public static KubernetesClientConfiguration InCluster() => Read("the cluster that this runs in", () =>
        KubernetesClientConfiguration.IsInCluster()
            ? KubernetesClientConfiguration.InClusterConfig()
            : throw new ClusterConfigurationException(
                "this does not run in a Kubernetes cluster; say which with --kubeconfig FILE"));

    /// <summary>A kubeconfig file, by its current context or the one that is named.</summary>
    /// <exception cref="ClusterConfigurationException">It cannot be read.</exception>
    public static KubernetesClientConfiguration File(string path, string? context = null) =>
        Read(path, () => Parse(path, RegularFile.ReadBytes(path), context));

    /// <summary>A kubeconfig file that has been read: what is used is what was looked at.</summary>
    /// <exception cref="ClusterConfigurationException">It cannot be understood.</exception>
    public static KubernetesClientConfiguration File(string path, byte[] content, string? context) =>
        Read(path, () => Parse(path, content, context));

    /// <summary>
    /// Reads the text of a kubeconfig, as in a Secret. It may not name files or programs of this machine.
    /// </summary>
    /// <exception cref="ClusterConfigurationException">It cannot be read, or names what it may not.</exception>
    public static KubernetesClientConfiguration Text(string source, ReadOnlyMemory<byte> text,
        string? context = null) => Read(source, () =>
    {
        using var stream = new MemoryStream(text.ToArray());
        var parsed = KubernetesClientConfiguration.LoadKubeConfig(stream)
            ?? throw new ClusterConfigurationException($"{source}: it is empty");
        foreach (var user in parsed.Users ?? [])
        {
            // Whoever may write the Secret must not be able to read files of the node or to start programs on it.
            if (user.UserCredentials is { } credentials
                && (credentials.ExternalExecution is not null || credentials.ClientCertificate is not null
                || credentials.ClientKey is not null || credentials.AuthProvider is not null))
                throw new ClusterConfigurationException(
                    $"{source}: user `{user.Name}` names a file or a program, which a kubeconfig in a Secret "
                    + "may not; write the data itself");
        }

        foreach (var cluster in parsed.Clusters ?? [])
        {
            if (cluster.ClusterEndpoint?.CertificateAuthority is not null)
                throw new ClusterConfigurationException(
                    $"{source}: cluster `{cluster.Name}` names a file in `certificate-authority`; "
                    + "write `certificate-authority-data`");
        }

        return KubernetesClientConfiguration.BuildConfigFromConfigObject(parsed, context);
    });

    /// <summary>Reads an Argo CD cluster Secret: <c>server</c> and the JSON in <c>config</c>.</summary>
    /// <exception cref="ClusterConfigurationException">It cannot be read.</exception>
    public static KubernetesClientConfiguration Argo(string source, string server, string config) =>
        Read(source, () => ArgoClusterSecret.Read(source, server, config));

    private static KubernetesClientConfiguration Parse(string path, byte[] content, string? context)
    {
        using var stream = new MemoryStream(content);
        var parsed = KubernetesClientConfiguration.LoadKubeConfig(stream)
            ?? throw new ClusterConfigurationException($"{path}: it is empty");
        parsed.FileName = Path.GetFullPath(path); // the files that it names stand relative to it
        return KubernetesClientConfiguration.BuildConfigFromConfigObject(parsed, context);
    }

    private static KubernetesClientConfiguration Read(string source, Func<KubernetesClientConfiguration> read)
    {
        try
        {
            var configuration = read();

            // Watches are long; each request has a limit of its own.
            configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
            configuration.UserAgent = "meridian";
            configuration.FirstMessageHandlerSetup = handler =>
            {
                handler.ConnectTimeout = TimeSpan.FromSeconds(10);
                handler.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
                handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(30);
                handler.EnableMultipleHttp2Connections = true;
            };
            return configuration;
        }
        catch (Exception e) when (e is KubeConfigException or YamlException or IOException
            or UnauthorizedAccessException or FormatException
            or ArgumentException or System.Security.Cryptography.CryptographicException or InvalidOperationException
            or System.Text.Json.JsonException)
        {
            throw new ClusterConfigurationException($"{source}: {e.Message}");
        }
    }
}
