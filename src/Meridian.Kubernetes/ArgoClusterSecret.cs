using System.Text;
using System.Text.Json;
using k8s;

namespace Meridian.Kubernetes;

/// <summary>
/// Reads the <c>config</c> of an Argo CD cluster Secret: bearer token, basic authentication or client certificate, and
/// the server's TLS. Cloud roles and credential programs are refused: they would run with the rights of this node.
/// </summary>
internal static class ArgoClusterSecret
{
    public static KubernetesClientConfiguration Read(string source, string server, string config)
    {
        using var document = JsonDocument.Parse(config);
        var root = document.RootElement;
        if (root.TryGetProperty("execProviderConfig", out _) || root.TryGetProperty("awsAuthConfig", out _))
            throw new ClusterConfigurationException(
                $"{source}: its credentials come from a program or a cloud role; " +
                "give the Cluster a kubeconfig instead");
        var result = new KubernetesClientConfiguration
        {
            Host = server,
            AccessToken = Text(root, "bearerToken"),
            Username = Text(root, "username"),
            Password = Text(root, "password"),
        };
        if (!root.TryGetProperty("tlsClientConfig", out var tls))
            return result;
        result.SkipTlsVerify = tls.TryGetProperty("insecure", out var insecure)
            && insecure.ValueKind == JsonValueKind.True;
        result.TlsServerName = Text(tls, "serverName");
        result.ClientCertificateData = Text(tls, "certData");
        result.ClientCertificateKeyData = Text(tls, "keyData");
        if (Text(tls, "caData") is { } authority)
        {
            result.SslCaCerts = [];
            result.SslCaCerts.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(authority)));
        }

        return result;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text ? text : null;
}
