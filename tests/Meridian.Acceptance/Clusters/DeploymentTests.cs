using System.Text.Json.Nodes;
using k8s;
using Meridian.Acceptance.Support;
using Meridian.TestCluster;
using YamlDotNet.RepresentationModel;

namespace Meridian.Acceptance.Clusters;

/// <summary>What is installed in Kubernetes.</summary>
public sealed class DeploymentTests
{
    public static TheoryData<string> Overlays =>
        [.. Directory.GetDirectories(Path.Combine(Checkout.Root, "deploy/kustomize/overlays"))
            .Select(d => Path.GetFileName(d)!).Order()];

    [Theory, MemberData(nameof(Overlays))]
    public async Task An_overlay_fits_the_schemas_of_the_API_server(string overlay)
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        var built = await Run.ProgramAsync("kubectl", "kustomize",
            Path.Combine(Checkout.Root, "deploy/kustomize/overlays", overlay));
        Assert.True(built.ExitCode == 0, built.Error);
        var documents = Read(built.Output);
        Assert.NotEmpty(documents);
        foreach (var document in documents)
        {
            // The official client's types are made from the API server's own schemas; strict reading refuses unknown
            // fields. They know no custom resource of another project, which not every cluster has.
            if ((string?)document["kind"] is "CustomResourceDefinition")
                continue;
            var type = typeof(k8s.Models.V1Pod).Assembly.GetTypes().Single(t => t.Namespace == "k8s.Models"
                && t.GetField("KubeKind")?.GetValue(null) is string kind && kind == (string?)document["kind"]
                && t.GetField("KubeApiVersion")?.GetValue(null) is string version
                    && t.GetField("KubeGroup")?.GetValue(null) is string group
                && (group.Length == 0 ? version : $"{group}/{version}") == (string?)document["apiVersion"]
                && !t.Name.EndsWith("List", StringComparison.Ordinal));
            var text = Operator.Crds.YamlText.Of(document);
            Assert.NotNull(typeof(KubernetesYaml).GetMethods()
                .First(m => m.Name == "Deserialize" && m.IsGenericMethod
                    && m.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(string))
                .MakeGenericMethod(type).Invoke(null, [text, true]));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task The_component_for_the_Prometheus_Operator_is_its_only_custom_resource(string overlay)
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        var deploy = Path.Combine(Checkout.Root, "deploy/kustomize");
        using var folder = new TestFolder();

        // Kustomize takes relative paths alone.
        var way = Path.GetRelativePath(new DirectoryInfo(folder.Path).FullName, deploy);
        folder.Write("kustomization.yaml", $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: [{way}/overlays/{overlay}]
            components: [{way}/components/prometheus-operator]
            """);
        var built = await Run.ProgramAsync("kubectl", "kustomize", folder.Path);
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Equal(["ServiceMonitor"], Read(built.Output)
            .Where(d => ((string)d["apiVersion"]!).Contains("coreos.com", StringComparison.Ordinal))
            .Select(d => (string)d["kind"]!));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Containers_have_no_privilege(string overlay)
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        var built = await Run.ProgramAsync("kubectl", "kustomize",
            Path.Combine(Checkout.Root, "deploy/kustomize/overlays", overlay));
        foreach (var pod in Read(built.Output).Where(d => (string?)d["kind"] is "Deployment" or "StatefulSet")
            .Select(d => d["spec"]!["template"]!["spec"]!))
        {
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
            foreach (var container in pod["containers"]!.AsArray().Concat(pod["initContainers"]?.AsArray() ?? []))
            {
                var context = container!["securityContext"]!;
                Assert.True((bool)context["readOnlyRootFilesystem"]!);
                Assert.False((bool)context["allowPrivilegeEscalation"]!);
                Assert.Equal("""["ALL"]""", context["capabilities"]!["drop"]!.ToJsonString());
                Assert.Null(context["capabilities"]!["add"]);
            }
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task State_of_a_node_outlives_its_pod(string overlay)
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        var built = await Run.ProgramAsync("kubectl", "kustomize",
            Path.Combine(Checkout.Root, "deploy/kustomize/overlays", overlay));
        foreach (var node in Read(built.Output).Where(d => (string?)d["metadata"]!["name"] == "meridian"
            && d["spec"]?["template"] is not null))
        {
            var pod = node["spec"]!["template"]!["spec"]!;
            var folder = pod["containers"]![0]!["args"]!.AsArray().Select(a => (string)a!)
                .Single(a => a.StartsWith("--state=", StringComparison.Ordinal))["--state=".Length..];
            var volume = pod["containers"]![0]!["volumeMounts"]!.AsArray()
                .Single(m => (string?)m!["mountPath"] == folder)!["name"]!.ToString();
            Assert.DoesNotContain(pod["volumes"]!.AsArray(), v => (string?)v!["name"] == volume);
            Assert.Contains(node["spec"]!["volumeClaimTemplates"]!.AsArray(),
                c => (string?)c!["metadata"]!["name"] == volume);
        }
    }

    [Fact]
    public async Task What_is_published_runs_without_privilege_on_a_file_system_that_cannot_be_written()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root" && Run.Has("setpriv")
            && Run.Has("unshare"), "it takes root, setpriv and unshare to give up root and the disk");
        var (dns, health) = (Ports.Free(), Ports.Free());
        var folder = Directory.CreateTempSubdirectory("meridian-ro-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "z.yaml"), TestNode.Zone);
        var published = await Run.ProgramAsync("dotnet", "publish", Path.Combine(Checkout.Root, "src/Meridian"), "-c",
            Checkout.Configuration, "--no-build", "-o", Path.Combine(folder, "app"));
        Assert.True(published.ExitCode == 0, published.Output + published.Error);
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        var script = $"""
            mount --make-rprivate / && mount -t tmpfs none {folder}/state && chmod 777 {folder}/state \
              && mount -o remount,bind,ro / || exit 77
            exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
              dotnet {folder}/app/meridian.dll serve --config {folder}/z.yaml --dns 127.0.0.1:{dns} \
              --management 127.0.0.1:{Ports.Free()} --health 127.0.0.1:{health} --state {folder}/state
            """;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("unshare",
            ["-m", "sh", "-c", script])
        {
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
            RedirectStandardError = true,
        })!;
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{health}") };
            await Wait.UntilAsync(async () =>
            {
                if (process is { HasExited: true, ExitCode: 77 })
                    Assert.Skip("file systems cannot be mounted here");
                Assert.False(process.HasExited, process.HasExited ? process.StandardError.ReadToEnd() : "");
                try
                {
                    return (await http.GetAsync("/readyz")).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }, () => "not ready");
            Assert.Equal(["10.0.0.80"], (await Answer.AskAsync(dns, "www.example.org")).Addresses);
            Assert.Contains("meridian_", await http.GetStringAsync("/metrics"), StringComparison.Ordinal);
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync("/api/v1/status")).StatusCode);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<JsonObject> Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => Contents.Json(d.RootNode)!.AsObject())];
    }
}
