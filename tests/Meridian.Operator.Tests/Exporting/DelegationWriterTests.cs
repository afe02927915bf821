using System.Collections.Concurrent;
using System.Text;
using Meridian.Kubernetes;
using Meridian.Operator.Exporting;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Operator.Tests.Exporting;

/// <summary>DNSEndpoints of several installations in one namespace, in virtual time.</summary>
public sealed class DelegationWriterTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<string> _log = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(ClusterClient Client, Task Running)> _running = [];
    private SmallApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await SmallApiServer.StartAsync();
        _server.Put("""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: dnsendpoints.externaldns.k8s.io}
            spec:
              group: externaldns.k8s.io
              scope: Namespaced
              names: {kind: DNSEndpoint, plural: dnsendpoints, listKind: DNSEndpointList}
              versions:
              - name: v1alpha1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (client, running) in _running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            client.Dispose();
        }

        await _server.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Another_installation_neither_takes_nor_removes_the_delegations_of_this_one()
    {
        var first = Start(null, () => [Zone("a", "192.0.2.1")]);
        await UntilAsync(() => Targets().SequenceEqual(["meridian-a 192.0.2.1"]));
        DelegatedZone[] wanted = [Zone("a", "192.0.2.9"), Zone("b", "192.0.2.2")];
        var second = Start("theirs", () => wanted);
        await UntilAsync(() => Targets().SequenceEqual(["meridian-a 192.0.2.1", "meridian-b 192.0.2.2"])
            && second.Faults.GetValueOrDefault("a") is not null);
        Assert.Matches("^DNSEndpoint default/meridian-a is of another Meridian \\(installation [0-9a-f]{16}\\); it is "
            + "left alone$", second.Faults["a"]);
        Assert.Null(first.Faults["a"]);

        // Both look again and again, and write nothing more.
        var (writes, deletions, looks) =
            (_server.CountOf("PATCH"), _server.CountOf("DELETE"), _server.CountOf("GET"));
        _time.Advance(TimeSpan.FromMinutes(3));
        await UntilAsync(() => _server.CountOf("GET") >= looks + 4);
        Assert.Equal(["meridian-a 192.0.2.1", "meridian-b 192.0.2.2"], Targets());
        Assert.Equal(deletions, _server.CountOf("DELETE"));
        Assert.InRange(_server.CountOf("PATCH") - writes, 0, 2); // its own, by each, at most once

        // What the second wants no more goes, and nothing else.
        wanted = [];
        await UntilAsync(() => Targets().SequenceEqual(["meridian-a 192.0.2.1"]));
    }

    private DelegationWriter Start(string? ns, Func<IReadOnlyCollection<DelegatedZone>> zones)
    {
        var client = new ClusterClient(ClusterConfiguration.Text("test", Encoding.UTF8.GetBytes(_server.Kubeconfig)));
        var writer = new DelegationWriter(client, new Installation(client, ns), zones, _time, _log.Enqueue);
        _running.Add((client, writer.RunAsync(_stop.Token)));
        return writer;
    }

    private static DelegatedZone Zone(string name, string address) =>
        new(name, TimeSpan.FromHours(1), [($"ns1.{name}.example.org", "A", [address])]);

    private IEnumerable<string> Targets() => _server.List("dnsendpoints", "default")
        .Select(e => $"{e["metadata"]!["name"]} {e["spec"]!["endpoints"]![0]!["targets"]![0]}")
        .Order(StringComparer.Ordinal);

    // Virtual time goes on while something is waited for.
    private Task UntilAsync(Func<bool> condition) => Wait.PassUntilAsync(
        () => _time.Advance(TimeSpan.FromMilliseconds(250)), condition,
        () => $"{string.Join("; ", Targets())}\n{string.Join('\n', _log)}");
}
