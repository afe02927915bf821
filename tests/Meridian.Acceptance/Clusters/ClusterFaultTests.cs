using Meridian.Acceptance.Support;
using Meridian.TestCluster;

namespace Meridian.Acceptance.Clusters;

/// <summary>What the real program says of things that are not as they should be in clusters.</summary>
public sealed class ClusterFaultTests
{
    [Theory, InlineData("small"), InlineData("real")]
    public async Task An_annotation_that_cannot_be_read_is_told_in_the_log_and_by_an_event_on_the_object(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        Annotate("5");
        await world.Node.UntilAnswerAsync("second.example.org", world.Site.Address);
        Annotate("heavy");
        const string Fault = "field `weight` wants a whole number, and this is `heavy`";
        await world.Node.UntilLoggedAsync(
            $"Ingress web/second in cluster hk: its annotations are not used, and those before are: {Fault}");
        await Wait.UntilAsync(() => world.Cluster.List("events").Any(e => (string?)e["type"] == "Warning"
            && (string?)e["regarding"]?["kind"] == "Ingress" && (string?)e["regarding"]?["name"] == "second"
            && ((string?)e["note"])?.Contains(Fault, StringComparison.Ordinal) == true),
            () => string.Join("\n", world.Cluster.List("events").Select(e => e.ToJsonString())) + world.Node.Log);
        await world.Node.UntilAnswerAsync("second.example.org", world.Site.Address);

        void Annotate(string weight) => world.Cluster.Expose("web", "second", [world.Site.Address], new()
        {
            ["meridian.dev/endpoint"] = "second.example.org",
            ["meridian.dev/policy"] = "Weighted",
            ["meridian.dev/weight"] = weight,
        });
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_return_that_a_failing_probe_does_not_confirm_is_explained_by_what_the_probe_found(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.Node.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        world.Cluster.Scale("web", "kokoro", 0, 2);
        await world.Node.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");
        world.Site.Status = 503;
        world.Cluster.Scale("web", "kokoro", 2, 2);
        var seen = "";
        await Wait.UntilAsync(async () =>
        {
            var explained = await world.Node.CommandAsync("explain", "kokoro.example.org", "--client", "198.51.100.1");
            seen = string.Join(' ', explained.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return seen.Contains("again; the probe that should confirm the way there fails: http: 503",
                StringComparison.Ordinal);
        }, () => $"{seen}\n{world.Node.Log}");
        Assert.DoesNotContain("waits for a probe", seen, StringComparison.Ordinal);
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task Two_installations_that_read_the_same_objects_serve_them_and_one_writes_their_status(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        await world.UntilConditionAsync("addresspools", "hk", "Ready", "True");
        Assert.Equal("default/meridian-status", Installation(world));
        await using var second = new TestNode(TestNode.Empty);
        await world.ServeAsync(second, "--namespace", "default");
        await second.UntilAnswerAsync("kokoro.example.org", world.Site.Address);
        await second.UntilLoggedAsync("is left to the installation default/meridian-status, which writes it already");

        // Both see a verdict, and the first alone writes it.
        world.Site.Status = 503;
        await second.UntilAnswerAsync("kokoro.example.org", "10.9.9.9");
        await world.UntilConditionAsync("addresspools", "hk", "Ready", "False");
        Assert.Equal("default/meridian-status", Installation(world));
    }

    [Theory, InlineData("small"), InlineData("real")]
    public async Task A_time_in_days_is_taken_by_the_API_server_as_by_check(string server)
    {
        await using var world = await ClusterWorld.StartAsync(server);
        world.Home.Put(TestYaml.Document("GlobalEndpoint", "days", "{hostname: days.example.org, policy: Failover, "
            + "ttl: 1d, minTtl: 23h, pools: [{pool: rest}]}"));
        await world.UntilConditionAsync("globalendpoints", "days", "Accepted", "True");
        await world.Node.UntilAnswerAsync("days.example.org", "10.9.9.9");
    }

    private static string? Installation(ClusterWorld world) =>
        (string?)world.Home.Find("addresspools", "default", "hk")!["status"]!["installation"];
}
