using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Operator.Crds;
using Meridian.Operator.Discovering;
using Meridian.Operator.Status;
using Meridian.Steering;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Operator.Tests.Status;

/// <summary>Two installations of Meridian that read the same objects.</summary>
public sealed class StatusOwnerTests : IAsyncLifetime
{
    private const string First = "default/meridian-status";
    private const string Second = "default/meridian-status-default";

    private readonly ConcurrentQueue<string> _log = [];
    private readonly ConcurrentQueue<string> _writes = [];
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
        _server.Put("""
            apiVersion: meridian.dev/v1alpha1
            kind: Site
            metadata: {name: hanoi}
            spec: {latitude: 21, longitude: 105.8}
            """);
        var stored = Site;
        ConfigurationObject[] objects = [new("Site", "default", "hanoi", (string)stored["metadata"]!["uid"]!, 1,
            DateTimeOffset.UnixEpoch, JsonDocument.Parse(stored.ToJsonString()).RootElement)];
        _state = new StatusInput(objects, objects.ToImmutableDictionary(o => o.Id),
            ImmutableDictionary<string, ImmutableArray<Fault>>.Empty, SteeringTable.Empty, Discovery.None,
            ImmutableDictionary<string, uint>.Empty, ImmutableDictionary<string, AgentState>.Empty);
        _server.Fault = request =>
        {
            if (request.Method == "PATCH" && request.Path.Value!.EndsWith("/status", StringComparison.Ordinal))
                _writes.Enqueue(request.Path.Value);
            return Task.FromResult<StatusException?>(null);
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_installations_that_read_an_object_one_writes_its_status_and_the_other_says_so()
    {
        await using var first = Writer(null);
        await UntilAsync(() => Owner == First);
        await using var second = Writer("default");
        await UntilAsync(() => _log.Any(l => l.Contains("is left to the installation", StringComparison.Ordinal)));

        // Every change is news to both, and is written by the first alone.
        for (var i = 1; i <= 3; i++)
        {
            var message = $"fault {i}";
            _state = _state with { Refused = Refusal(message) };
            await UntilAsync(() => Message == message);
            await CompareAsync(8);
        }

        Assert.Equal(First, Owner);
        Assert.Equal(4, _writes.Count);
        Assert.Equal(["the status of Site default/hanoi, and of whatever else both read, is left to the installation "
            + $"{First}, which writes it already: give each installation a --namespace of its own"],
            _log.Where(l => l.Contains("is left to", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_installation_that_is_gone_leaves_its_objects_to_the_other_after_a_while()
    {
        var first = Writer(null);
        await UntilAsync(() => Owner == First);
        await using var second = Writer("default");
        await UntilAsync(() => _log.Any(l => l.Contains("is left to the installation", StringComparison.Ordinal)));
        await first.DisposeAsync();
        var stopped = _time.GetUtcNow();
        await UntilAsync(() => Owner == Second, TimeSpan.FromSeconds(1));
        Assert.InRange(_time.GetUtcNow() - stopped, StatusOwner.Silence - TimeSpan.FromMinutes(1),
            StatusOwner.Silence + TimeSpan.FromMinutes(3));

        // The first comes back, and lets the second go on.
        await using var again = Writer(null);
        await UntilAsync(() => _log.Any(l => l.Contains($"the installation {Second}", StringComparison.Ordinal)));
        await CompareAsync(8);
        Assert.Equal(Second, Owner);
    }

    [Fact]
    public async Task A_status_whose_Lease_does_not_exist_is_taken_over_at_once()
    {
        _server.Put("""
            apiVersion: meridian.dev/v1alpha1
            kind: Site
            metadata: {name: hanoi}
            spec: {latitude: 21, longitude: 105.8}
            status: {installation: removed/meridian-status}
            """);
        await using var first = Writer(null);
        var started = _time.GetUtcNow();
        await UntilAsync(() => Owner == First);
        Assert.InRange(_time.GetUtcNow() - started, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private JsonObject Site => _server.Find("sites", "default", "hanoi")!;

    private string? Owner => (string?)Site["status"]?["installation"];

    private string? Message => (string?)Site["status"]?["conditions"]?[0]?["message"];

    private ImmutableDictionary<string, ImmutableArray<Fault>> Refusal(string message)
    {
        var id = _state.Objects.First().Id;
        return _state.Refused.SetItem(id, [new Fault(new Location(id, 0, 0), message)]);
    }

    private StatusWriter Writer(string? ns)
    {
        var client = new ClusterClient(ClusterConfiguration.Text("test", Encoding.UTF8.GetBytes(_server.Kubeconfig)));
        _clients.Add(client);
        return new StatusWriter(client, ns, "node", ReadState, token => Task.Delay(Timeout.Infinite, token), _time,
            _log.Enqueue);
    }

    private StatusInput ReadState()
    {
        Interlocked.Increment(ref _comparisons);
        return _state;
    }

    /// <summary>Waits until the leaders have compared the state with what they wrote some more times.</summary>
    private Task CompareAsync(int times)
    {
        var enough = Volatile.Read(ref _comparisons) + times;
        return UntilAsync(() => Volatile.Read(ref _comparisons) >= enough);
    }

    private Task UntilAsync(Func<bool> condition) => UntilAsync(condition, Wait.Pause);

    private Task UntilAsync(Func<bool> condition, TimeSpan step) => Wait.PassUntilAsync(() => _time.Advance(step),
        condition, () => $"status of {Owner}: {Message}; {string.Join("; ", _log.TakeLast(5))}", seconds: 90);
}
