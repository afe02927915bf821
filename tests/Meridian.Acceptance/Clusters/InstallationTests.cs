using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>What <c>kubectl</c> does with the manifests, at a real API server.</summary>
public sealed class InstallationTests
{
    [Theory, MemberData(nameof(DeploymentTests.Overlays), MemberType = typeof(DeploymentTests))]
    public async Task An_overlay_that_is_applied_again_changes_nothing(string overlay)
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        await using var server = await RealApiServer.StartAsync();
        using var folder = new TestFolder();
        var kubeconfig = folder.Write("kubeconfig", server.Kubeconfig);
        var manifests = Path.Combine(Checkout.Root, "deploy/kustomize/overlays", overlay);

        // The objects of a definition are served a moment after it, and a namespace is there before what is in it.
        await ApplyAsync();
        var first = await ApplyAsync();
        Assert.True(first.ExitCode == 0, first.Error);
        var before = await VersionsAsync();
        var again = await ApplyAsync();
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(before, await VersionsAsync());
        Assert.Equal("", again.Error);

        Task<Run> ApplyAsync() => Run.ProgramAsync("kubectl", "--kubeconfig", kubeconfig, "apply", "-k", manifests);

        // Not what kubectl says: to it what the server defaults in lists is a change, and the server makes none of it.
        async Task<string[]> VersionsAsync()
        {
            var shown = await Run.ProgramAsync("kubectl", "--kubeconfig", kubeconfig, "get", "-k", manifests,
                "--no-headers", "-o", "custom-columns=:.kind,:.metadata.name,:.metadata.resourceVersion");
            Assert.True(shown.ExitCode == 0, shown.Error);
            Assert.DoesNotContain("<none>", shown.Output, StringComparison.Ordinal);
            return shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    [Fact]
    public async Task Kubectl_shows_the_columns_that_the_documentation_shows()
    {
        Assert.SkipUnless(Run.Has("kubectl"), "kubectl is not installed");
        await using var world = await ClusterWorld.StartAsync("real");
        await world.UntilConditionAsync("globalendpoints", "kokoro", "Ready", "True");
        await world.UntilConditionAsync("addresspools", "hk", "Ready", "True");
        using var folder = new TestFolder();
        var kubeconfig = folder.Write("kubeconfig", world.Home.Kubeconfig);

        Assert.Equal(["NAME", "HOSTNAME", "POLICY", "READY", "POOLS", "ANSWER", "ACCEPTED", "AGE"],
            await GetAsync("gep"));
        Assert.Equal(["NAME", "SITE", "READY", "UP", "ACCEPTED", "AGE"], await GetAsync("mpool"));
        Assert.Equal(["NAME", "INTERVAL", "TARGETS", "FAILING", "ACCEPTED", "AGE"], await GetAsync("mhc"));
        Assert.Equal(["NAME", "SITE", "REACHABLE", "OBJECTS", "ACCEPTED", "AGE"], await GetAsync("mcl"));
        var all = await Run.ProgramAsync("kubectl", "--kubeconfig", kubeconfig, "get", "meridian", "-A", "-o", "name");
        Assert.Equal(
        [
            "addresspool.meridian.dev/hk", "addresspool.meridian.dev/rest", "cluster.meridian.dev/hk",
            "globalendpoint.meridian.dev/kokoro", "healthcheck.meridian.dev/web", "site.meridian.dev/hongkong",
            "zone.meridian.dev/z",
        ], all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

        async Task<string[]> GetAsync(string kind)
        {
            var shown = await Run.ProgramAsync("kubectl", "--kubeconfig", kubeconfig, "get", kind);
            Assert.True(shown.ExitCode == 0, shown.Error);
            return shown.Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
