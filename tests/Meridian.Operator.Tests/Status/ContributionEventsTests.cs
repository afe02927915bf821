using System.Text;
using Meridian.Kubernetes;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;
using Meridian.Operator.Status;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Operator.Tests.Status;

public sealed class ContributionEventsTests
{
    [Fact]
    public async Task An_object_whose_annotations_are_not_followed_gets_an_event_that_says_why()
    {
        await using var server = await SmallApiServer.StartAsync();
        using var client = new ClusterClient(ClusterConfiguration.Text("hk",
            Encoding.UTF8.GetBytes(server.Kubeconfig)));
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var one = new DiscoveredObject { Reference = new ClusterReference("hk", "Ingress", "web/ing"), Uid = "u" };
        var faults = new Dictionary<DiscoveredObject, string> { [one] = "first" };
        using var stop = new CancellationTokenSource();
        var running = new ContributionEvents(() => faults, c => c == "hk" ? client : null, "node", time)
            .RunAsync(stop.Token);
        await UntilAsync(1);
        faults = new Dictionary<DiscoveredObject, string> { [one] = "second" };
        await UntilAsync(2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(["Warning NotUsed first: Ingress web/ing u", "Warning NotUsed second: Ingress web/ing u"],
            server.List("events", "web").Select(e => $"{e["type"]} {e["reason"]} {e["note"]}: "
                + $"{e["regarding"]!["kind"]} {e["regarding"]!["namespace"]}/{e["regarding"]!["name"]} "
                + $"{e["regarding"]!["uid"]}").Order(StringComparer.Ordinal));

        Task UntilAsync(int count) => Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromSeconds(1)),
            () => server.List("events", "web").Count == count, () => $"{server.List("events").Count} events");
    }
}
