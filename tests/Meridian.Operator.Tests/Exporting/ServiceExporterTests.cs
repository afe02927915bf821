using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Meridian.Geography;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Operator.Exporting;
using Meridian.Steering;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Operator.Tests.Exporting;

/// <summary>Services of several exports and of several installations in one cluster, in virtual time.</summary>
public sealed class ServiceExporterTests : IAsyncLifetime, IVerdicts
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<string> _log = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(ClusterClient Client, Task Running)> _running = [];
    private SmallApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SmallApiServer.StartAsync();

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
    public async Task Another_Meridian_neither_takes_nor_removes_the_Services_of_this_one()
    {
        Start(null, Resources("a"));
        await UntilAsync(() => Names().SequenceEqual(["a"]));
        var second = Start("theirs", Resources("a", "b"));
        await UntilAsync(() => Names().SequenceEqual(["a", "b"])
            && second.Report.Faults.GetValueOrDefault("a")?[""] is not null);
        Assert.Matches("^Service web/a is of another Meridian \\(installation [0-9a-f]{16}\\); it is left alone$",
            second.Report.Faults["a"][""]);
        Assert.Null(second.Report.Faults["b"][""]);

        // Both compare everything again, and neither sweeps away what is the other's.
        var deletions = _server.CountOf("DELETE");
        var lists = _server.CountOf("GET");
        _time.Advance(TimeSpan.FromMinutes(3));
        await UntilAsync(() => _server.CountOf("GET") >= lists + 12);
        Assert.Equal(["a", "b"], Names());
        Assert.Equal(deletions, _server.CountOf("DELETE"));
    }

    [Fact]
    public async Task One_export_that_cannot_be_done_holds_up_no_other_and_is_reported_by_itself()
    {
        _server.Put("apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: web}\nspec: {ports: [{port: 80}]}");
        var exporter = Start(null, Resources("a", "b"));
        await UntilAsync(() => exporter.Report.Faults.Count == 2 && Names().SequenceEqual(["a", "b"])
            && exporter.Report.Faults["b"][""] is null);
        Assert.Equal("Service web/a is there already and is not Meridian's; it is left alone",
            exporter.Report.Faults["a"][""]);

        // It is tried again, and is done as soon as it can be.
        _server.Delete("services", "web", "a");
        await UntilAsync(() => exporter.Report.Faults["a"][""] is null);
        Assert.Contains("the export of a to the cluster that holds the resources is done again", _log);
    }

    [Fact]
    public async Task What_is_exported_no_more_goes_and_what_was_written_before_installations_had_names_is_taken_over()
    {
        _server.Put("apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: web, labels: "
            + "{meridian.dev/exported-by: a}}\nspec: {ports: [{port: 80}]}");
        var resources = Resources("a", "b");
        Start(null, () => resources);
        await UntilAsync(() => _server.Find("services", "web", "a")!["metadata"]!["labels"]![Installation.Label]
            is not null && Names().SequenceEqual(["a", "b"]));
        resources = Resources("b");
        await UntilAsync(() => Names().SequenceEqual(["b"]));
    }

    private ServiceExporter Start(string? ns, ResourceSet resources) => Start(ns, () => resources);

    private ServiceExporter Start(string? ns, Func<ResourceSet> resources)
    {
        var client = new ClusterClient(ClusterConfiguration.Text("test", Encoding.UTF8.GetBytes(_server.Kubeconfig)));
        var exporter = new ServiceExporter(new Installation(client, ns),
            () => (resources(), Compile(resources())), c => c.Length == 0 ? client : null, _time,
            _log.Enqueue);
        _running.Add((client, exporter.RunAsync(_stop.Token)));
        return exporter;
    }

    private SteeringTable Compile(ResourceSet resources) =>
        SteeringCompiler.Compile(resources, GeoDatabase.None, this, _time.GetUtcNow());

    Verdict IVerdicts.Of(ProbeKey key) => Verdict.Unknown;

    Override? IVerdicts.OverrideOf(string pool, string value, string? site) => null;

    IReadOnlyList<IPAddress> IVerdicts.AddressesOf(string hostname) => [];

    private string[] Names() =>
        [.. _server.List("services", "web").Select(s => (string)s["metadata"]!["name"]!)];

    private static ResourceSet Resources(params string[] exports)
    {
        var text = TestYaml.Zone + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("GlobalEndpoint", "e", "{hostname: e.example.org, policy: Failover, pools: [{pool: p}]}")
            + string.Concat(exports.Select(e =>
                TestYaml.Part("ExportedService", e, "{endpoint: e, namespace: web, port: 80}")));
        return TestYaml.Read(text);
    }

    // Virtual time goes on while something is waited for.
    private Task UntilAsync(Func<bool> condition) => Wait.PassUntilAsync(
        () => _time.Advance(TimeSpan.FromMilliseconds(250)), condition, () => string.Join('\n', _log));
}
