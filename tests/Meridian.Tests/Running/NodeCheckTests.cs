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

    private LoadedConfiguration Check(StoredData? data)
    {
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), Text);
        return NodeCheck.Run([_folder], false, data, TimeProvider.System);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
