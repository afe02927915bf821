using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Operator.Crds;
using Meridian.Operator.Discovering;
using Meridian.Operator.Exporting;
using Meridian.Operator.Status;
using Meridian.Steering;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Operator.Tests.Status;

/// <summary>Status of many objects in virtual time, through everything that can happen to an API server.</summary>
public sealed class StatusWriterTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _log = [];
    private readonly List<ClusterClient> _clients = [];
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private SmallApiServer _server = null!;
    private StatusInput _state = null!;
    private int _comparisons;

    public async ValueTask InitializeAsync()
    {
        _server = await SmallApiServer.StartAsync();
        foreach (var (_, definition) in CrdWriter.All)
            _server.Put(definition);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Five_thousand_statuses_are_written_once_each_through_conflicts_and_a_restart()
    {
        Put(5000);
        var patches = 0;
        _server.Fault = request =>
        {
            if (request.Method != "PATCH" || !request.Path.Value!.EndsWith("/status", StringComparison.Ordinal))
                return Task.FromResult<StatusException?>(null);
            return Task.FromResult(Interlocked.Increment(ref patches) <= 300
                ? new StatusException(409, "Conflict", "somebody else wrote first") : null);
        };
        await using var first = Writer("first");
        await using var second = Writer("second");
        await UntilAsync(() => Volatile.Read(ref patches) > 1000);
        await _server.StopAsync();
        await UntilAsync(() => _log.Any(l => l.Contains("cannot be written yet", StringComparison.Ordinal)));
        await _server.ListenAsync();
        await UntilAsync(() => Written() == 5000);
        Assert.True(first.IsLeader ^ second.IsLeader);
        Assert.All(Sites().Take(50), s => Assert.Equal("True", (string?)s["status"]!["conditions"]![0]!["status"]));

        // Nothing is written that is written already: the restart may have cut off answers of a few, no more.
        Assert.InRange(patches, 5300, 5700);
        await CompareAsync(3);
        var settled = patches;
        await CompareAsync(3);
        Assert.Equal(settled, patches);
        Assert.DoesNotContain(_log, l => l.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_object_says_why_and_since_when_and_keeps_the_time_while_the_words_change()
    {
        Put(1);
        var id = _state.Objects.First().Id;
        await using var writer = Writer("first");
        await UntilAsync(() => Condition() == "True this version is served");
        var since = (string?)Sites().Single()["status"]!["conditions"]![0]!["lastTransitionTime"];
        _state = _state with
        {
            Refused = _state.Refused.Add(id,
            [new Fault(new Location(id, 0, 0) { Field = "spec.latitude" },
                "field `latitude` is 91 and must be between -90 and 90")])
        };
        const string Refusal = "spec.latitude: field `latitude` is 91 and must be between -90 and 90";
        await UntilAsync(() => Condition() == $"False {Refusal}");
        await UntilAsync(() => _server.List("events").Any(e => (string?)e["reason"] == "Faulty"));
        var refusedSince = (string?)Sites().Single()["status"]!["conditions"]![0]!["lastTransitionTime"];
        Assert.True(string.CompareOrdinal(since, refusedSince) <= 0);
        _time.Advance(TimeSpan.FromSeconds(2));
        _state = _state with
        {
            Refused = _state.Refused.SetItem(id,
            [new Fault(new Location(id, 0, 0), "something else")])
        };
        await UntilAsync(() => Condition() == "False something else");
        Assert.Equal(refusedSince, (string?)Sites().Single()["status"]!["conditions"]![0]!["lastTransitionTime"]);

        string Condition() =>
            Sites().Single()["status"]?["conditions"]?[0] is { } condition
            ? $"{condition["status"]} {condition["message"]}" : "";
    }

    [Theory]
    [InlineData("Zone", "zones", "{origin: example.org}", "Delegated")]
    [InlineData("ExportedService", "exportedservices", "{endpoint: e, namespace: web, port: 80}", "Exported")]
    public async Task What_cannot_be_written_for_an_object_is_a_condition_and_an_event_of_it(string kind,
        string resource, string spec, string type)
    {
        Put(0);
        Put(kind, resource, spec);
        await using var writer = Writer("first");
        await UntilAsync(() => Condition("Accepted") is not null);
        Assert.Null(Condition(type));

        _state = _state with
        {
            Delegations = ImmutableSortedDictionary<string, string?>.Empty.Add("one", "no such API"),
            Exports = ExportReport.None.With([("hk",
                ImmutableSortedDictionary<string, string?>.Empty.Add("one", "no such API"))]),
        };

        await UntilAsync(() => (string?)Condition(type)?["status"] == "False");
        Assert.Contains("no such API", (string?)Condition(type)!["message"]);
        await UntilAsync(() => _server.List("events").Any(e => (string?)e["reason"] == "NotWritten"));
        var told = _server.List("events").Single(e => (string?)e["reason"] == "NotWritten");
        Assert.Equal(("Warning", "Write", kind, "one"), ((string?)told["type"], (string?)told["action"],
            (string?)told["regarding"]!["kind"], (string?)told["regarding"]!["name"]));

        JsonNode? Condition(string of) => (_server.Find(resource, "default", "one")!["status"]?["conditions"]
            as JsonArray)?.FirstOrDefault(c => (string?)c!["type"] == of);
    }

    [Fact]
    public async Task A_part_of_the_leaders_work_that_fails_begins_anew_with_the_next_term()
    {
        Put(1);
        var terms = 0;
        await using var writer = Writer("first", async token =>
        {
            await Task.Yield();
            if (Interlocked.Increment(ref terms) == 1)
                throw new InvalidOperationException("a fault nobody thought of");
            await Task.Delay(Timeout.Infinite, token);
        });

        await UntilAsync(() => Volatile.Read(ref terms) == 2 && Written() == 1);
        Assert.Contains(_log, l => l.Contains("a fault nobody thought of", StringComparison.Ordinal));
    }

    private void Put(string kind, string resource, string spec)
    {
        _server.Put($"apiVersion: meridian.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: one}}\nspec: {spec}\n");
        var stored = _server.Find(resource, "default", "one")!;
        var one = new ConfigurationObject(kind, "default", "one", (string)stored["metadata"]!["uid"]!, 1,
            DateTimeOffset.UnixEpoch, JsonDocument.Parse(stored.ToJsonString()).RootElement);
        _state = _state with { Objects = [one], Accepted = _state.Accepted.Add(one.Id, one) };
    }

    private void Put(int count)
    {
        var objects = new List<ConfigurationObject>();
        for (var i = 0; i < count; i++)
        {
            _server.Put($$"""
                apiVersion: meridian.dev/v1alpha1
                kind: Site
                metadata: {name: s{{i}}}
                spec: {latitude: 1, longitude: 2}
                """);
            var stored = _server.Find("sites", "default", $"s{i}")!;
            objects.Add(new ConfigurationObject("Site", "default", $"s{i}", (string)stored["metadata"]!["uid"]!, 1,
                DateTimeOffset.UnixEpoch, JsonDocument.Parse(stored.ToJsonString()).RootElement));
        }

        _state = new StatusInput(objects, objects.ToImmutableDictionary(o => o.Id),
            ImmutableDictionary<string, ImmutableArray<Fault>>.Empty, SteeringTable.Empty, Discovery.None,
            ImmutableDictionary<string, uint>.Empty, ImmutableDictionary<string, AgentState>.Empty);
    }

    private StatusWriter Writer(string node, Func<CancellationToken, Task>? alongside = null)
    {
        var client = new ClusterClient(ClusterConfiguration.Text("test", Encoding.UTF8.GetBytes(_server.Kubeconfig)));
        _clients.Add(client);
        return new StatusWriter(client, null, node, ReadState,
            alongside ?? (token => Task.Delay(Timeout.Infinite, token)), _time, _log.Enqueue);
    }

    private IEnumerable<JsonObject> Sites() => _server.List("sites");

    private int Written() => Sites().Count(s => s["status"] is not null);

    private StatusInput ReadState()
    {
        Interlocked.Increment(ref _comparisons);
        return _state;
    }

    /// <summary>Waits until the leader has compared the state with what it wrote some more times.</summary>
    private Task CompareAsync(int times)
    {
        var enough = Volatile.Read(ref _comparisons) + times;
        return UntilAsync(() => Volatile.Read(ref _comparisons) >= enough);
    }

    private Task UntilAsync(Func<bool> condition) => Wait.PassUntilAsync(() => _time.Advance(Wait.Pause), condition,
        () => $"{Written()} written; {string.Join("; ", _log.TakeLast(5))}", seconds: 90);
}
