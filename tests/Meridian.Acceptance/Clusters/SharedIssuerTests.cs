using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>Service accounts of two real clusters that name their issuer alike, as those of kubeadm do.</summary>
public sealed class SharedIssuerTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<RealApiServer> _servers = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory, InlineData("jwksFile"), InlineData("reviewedBy")]
    public async Task One_account_of_two_clusters_with_one_issuer_is_two_clients(string proof)
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        var (hk, vn) = (await StartAsync("hk"), await StartAsync("vn"));
        await using var node = new TestNode($$"""
            apiVersion: meridian.dev/v1alpha1
            kind: Zone
            metadata: {name: z}
            spec: {origin: example.org, nameServers: [{name: ns.example.net}]}
            ---
            {{Resources("hk", proof)}}
            ---
            {{Resources("vn", proof)}}
            """);
        await node.StartAsync();

        await UntilScopeAsync(node, hk, "hk.example.org");
        await UntilScopeAsync(node, vn, "vn.example.org");
    }

    [Fact]
    public async Task Two_policies_with_the_keys_of_one_cluster_are_refused_by_check()
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        await StartAsync("hk");
        File.Copy(_folder.File("hk.jwks"), _folder.File("vn.jwks"));
        var file = _folder.Write("test.yaml",
            $"{Resources("hk", "jwksFile")}\n---\n{Resources("vn", "jwksFile")}\n---\n"
            + TestYaml.Document("Zone", "z", "{origin: example.org, nameServers: [{name: ns.example.net}]}"));
        var check = await MeridianProgram.RunAsync("check", file);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("AccessPolicy `vn` and AccessPolicy `hk` cannot be told apart: both believe the key `",
            check.Output, StringComparison.Ordinal);
    }

    /// <summary>Starts a cluster, and gives a token of the account in it.</summary>
    private async Task<string> StartAsync(string name)
    {
        var server = await RealApiServer.StartAsync();
        _servers.Add(server);
        _folder.Write($"{name}.kubeconfig", server.Kubeconfig);
        await KubectlAsync(name, "create", "namespace", "external-dns");
        await KubectlAsync(name, "-n", "external-dns", "create", "serviceaccount", "external-dns");
        _folder.Write($"{name}.jwks", await KubectlAsync(name, "get", "--raw", "/openid/v1/jwks"));
        return (await KubectlAsync(name, "-n", "external-dns", "create", "token", "external-dns", "--audience",
            "meridian")).Trim();
    }

    private async Task<string> KubectlAsync(string name, params string[] arguments)
    {
        var run = await Run.ProgramAsync("kubectl", ["--kubeconfig", _folder.File($"{name}.kubeconfig"), .. arguments]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }

    private string Resources(string name, string proof) => $$"""
        apiVersion: meridian.dev/v1alpha1
        kind: Cluster
        metadata: {name: {{name}}}
        spec: {access: {file: {{_folder.File($"{name}.kubeconfig")}} } }
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AccessPolicy
        metadata: {name: {{name}}}
        spec:
          issuer: https://kubernetes.default.svc
          {{proof}}: {{(proof == "jwksFile" ? _folder.File($"{name}.jwks") : name)}}
          subjects: [{namespace: external-dns, serviceAccount: external-dns}]
          records: [{zones: [{{name}}.example.org], types: [A]}]
        """;

    private static Task UntilScopeAsync(TestNode node, string token, string zone)
    {
        var seen = "";
        return Wait.UntilAsync(async () =>
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{node.Url}/api/v1/records/scope");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await http.SendAsync(request);
            seen = $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";

            // A cluster that is asked has to be known first.
            return answer.StatusCode == HttpStatusCode.OK
                && JsonNode.Parse(seen[3..])!["zones"]!.AsArray() is [var only] && (string?)only == zone;
        }, () => $"{seen}\n{node.Log}");
    }
}
