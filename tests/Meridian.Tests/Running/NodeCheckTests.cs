using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;
using Meridian.Running;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running;

public sealed class NodeCheckTests : IDisposable
{
    // A check that waits longer for an answer than for the next probe is sound, and a person is warned of it.
    private static readonly string Text =
        TestYaml.Part("Zone", "org", "{origin: example.org, nameServers: [{name: ns.example.net}]}")
        + TestYaml.Part("HealthCheck", "tcp", "{tcp: {port: 80}, interval: 1s, timeout: 2s}")
        + World.Endpoint("a", "127.0.0.1");

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-check-").FullName;

    [Fact]
    public void What_is_warned_of_without_a_nodes_data_is_warned_of_with_it()
    {
        var alone = Check(null);
        var withData = Check(new StoredData([], [], [], Discovery.None));

        Assert.Empty(alone.Faults);
        Assert.NotEmpty(alone.Warnings);
        Assert.Equal(alone.Warnings, withData.Warnings);
    }

    [Fact]
    public void What_clusters_said_last_is_checked_with_what_is_written()
    {
        var cluster = TestYaml.Part("Cluster", "hk", "{annotations: true}");
        var data = new StoredData([], [], [], new Discovery(ImmutableDictionary<string, DiscoveredCluster>.Empty
            .Add("hk", new DiscoveredCluster
            {
                Name = "hk",
                Annotations = true,
                Synced = true,
                Objects = new[] { Ingress("good", "b.example.org"), Ingress("outside", "b.example.net") }
                    .ToImmutableDictionary(o => o.Reference),
            })));

        var found = Check(data, cluster);

        var fault = Assert.Single(found.Faults);
        Assert.StartsWith("Ingress web/outside in cluster hk for b.example.net is not used: ", fault.Message,
            StringComparison.Ordinal);
        Assert.Empty(Check(null, cluster).Faults);
    }

    private static DiscoveredObject Ingress(string name, string endpoint) => new()
    {
        Reference = new ClusterReference("hk", "Ingress", $"web/{name}"),
        Addresses = ["127.0.0.9"],
        Annotations = ImmutableDictionary<string, string>.Empty.Add("endpoint", endpoint),
    };

    private LoadedConfiguration Check(StoredData? data, string more = "")
    {
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), Text + more);
        return NodeCheck.Run([_folder], false, data, TimeProvider.System);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
