using System.Threading.Channels;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;

namespace Meridian.Operator.Tests.Discovering;

public sealed class ClusterHubFaultTests
{
    [Fact]
    public async Task A_receiver_that_throws_does_not_end_the_watching_of_clusters()
    {
        var limit = TestTime.Token(20);
        var published = Channel.CreateUnbounded<Discovery>();
        var log = Channel.CreateUnbounded<string>();
        await using var hub = new ClusterHub(null, Receive, TimeProvider.System, line => log.Writer.TryWrite(line));

        foreach (var name in new[] { "hk", "vn" })
        {
            hub.Update(new ResourceSet([Missing(name)]));
            Assert.Equal([name], (await published.Reader.ReadAsync(limit)).Clusters.Keys);
        }

        await foreach (var line in log.Reader.ReadAllAsync(limit))
        {
            if (line == "clusters could not be refreshed: not now")
                break;
        }

        void Receive(Discovery discovery)
        {
            published.Writer.TryWrite(discovery);
            throw new InvalidOperationException("not now");
        }
    }

    private static Cluster Missing(string name) =>
        new() { Name = name, Access = new ClusterAccess { File = "/nonexistent/kubeconfig" } };
}
