using System.Text;

namespace Meridian.Kubernetes.Tests;

public sealed class ClusterConfigurationTests
{
    private const string Frame = """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: c, user: u, namespace: ai}}]
        clusters: [{name: c, cluster: {server: "https://203.0.113.5:6443"CLUSTER}}]
        users: [{name: u, user: {USER}}]
        """;

    [Fact]
    public void Reads_server_namespace_and_token()
    {
        var configuration = Read("token: abc");
        Assert.Equal("https://203.0.113.5:6443", configuration.Host);
        Assert.Equal("abc", configuration.AccessToken);
        Assert.Equal("ai", new ClusterClient(configuration).Namespace);
    }

    [Theory]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: id, interactiveMode: Never}", "")]
    [InlineData("client-certificate: /etc/passwd, client-key: /etc/passwd", "")]
    [InlineData("token: abc", ", certificate-authority: /etc/passwd")]
    public void A_kubeconfig_in_a_Secret_may_not_name_files_or_programs_of_the_node(string user, string cluster)
    {
        var refused = Assert.Throws<ClusterConfigurationException>(() => Read(user, cluster));
        Assert.StartsWith("Secret ai/hk: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("names a file", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("a: [")]
    [InlineData("- just\n- a list")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: missing")]
    [InlineData("\0\0\0")]
    public void What_is_no_kubeconfig_is_refused_in_words(string text)
    {
        var refused = Assert.Throws<ClusterConfigurationException>(() =>
            ClusterConfiguration.Text("Secret ai/hk", Encoding.UTF8.GetBytes(text)));
        Assert.StartsWith("Secret ai/hk: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_in_a_kubeconfig_file_gives_the_credential()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program is a shell script");
        using var folder = new TestFolder();
        var program = folder.Write("credential", """
            #!/bin/sh
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
            echo ' "status":{"token":"from-a-program"}}'
            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var user = $"apiVersion: client.authentication.k8s.io/v1, command: {program}, interactiveMode: Never";
        var file = folder.Write("config", Frame.Replace("CLUSTER", "", StringComparison.Ordinal)
            .Replace("USER", $"exec: {{{user}}}", StringComparison.Ordinal));
        var configuration = ClusterConfiguration.File(file);
        Assert.Equal("from-a-program", configuration.AccessToken);
    }

    [Fact]
    public void Reads_the_cluster_Secrets_of_Argo_CD()
    {
        var token = ClusterConfiguration.Argo("Secret argocd/hk", "https://203.0.113.5",
            """{"bearerToken":"abc","tlsClientConfig":{"insecure":true,"serverName":"api"}}""");
        Assert.Equal(("https://203.0.113.5", "abc", true, "api"),
            (token.Host, token.AccessToken, token.SkipTlsVerify, token.TlsServerName));
        var role = Assert.Throws<ClusterConfigurationException>(() => ClusterConfiguration.Argo(
            "Secret argocd/hk", "https://203.0.113.5", """{"awsAuthConfig":{"clusterName":"hk"}}"""));
        Assert.Contains("give the Cluster a kubeconfig", role.Message, StringComparison.Ordinal);
        Assert.Throws<ClusterConfigurationException>(() =>
            ClusterConfiguration.Argo("Secret argocd/hk", "https://203.0.113.5", "not json"));
    }

    private static k8s.KubernetesClientConfiguration Read(string user, string cluster = "") =>
        ClusterConfiguration.Text("Secret ai/hk",
        Encoding.UTF8.GetBytes(Frame.Replace("CLUSTER", cluster, StringComparison.Ordinal)
            .Replace("USER", user, StringComparison.Ordinal)));
}
