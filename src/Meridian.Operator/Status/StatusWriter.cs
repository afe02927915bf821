using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Kubernetes.Leading;
using Meridian.Kubernetes.Queueing;
using Meridian.Kubernetes.Writing;
using Meridian.Model;
using Meridian.Model.Binding;
using Meridian.Operator.Crds;

namespace Meridian.Operator.Status;

/// <summary>
/// Keeps the status of every object true, from one of the nodes at a time. What did not change is not written; what
/// fails is written again later, and nothing that serves waits for it.
/// </summary>
public sealed class StatusWriter : IAsyncDisposable
{
    /// <summary>Who writes, in managed fields.</summary>
    public const string Manager = "meridian-status";

    /// <summary>How often what is true is compared with what was written.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Objects written at a time.</summary>
    private const int Writers = 8;

    private readonly ClusterClient _client;
    private readonly Func<NodeState> _state;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly EventRecorder _events;
    private readonly LeaderElection _election;
    private readonly Dictionary<string, ApiResource> _resources = Kinds.All
        .ToDictionary(k => k.Name, CrdWriter.ResourceOf);

    /// <param name="client">The cluster that holds the objects.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="state">What is true now.</param>
    /// <param name="beside">What else the leader does, until it is cancelled.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Is told what a person may want to know.</param>
    public StatusWriter(ClusterClient client, string node,
        Func<NodeState> state, Func<CancellationToken, Task> beside, TimeProvider time, Action<string> log)
    {
        (_client, _state, _time, _log) = (client, state, time, log);
        _events = new EventRecorder(client, "meridian.dev/node", node, time);
        _election = new LeaderElection(client, new LeaseOptions
        {
            Lease = new ObjectKey(client.Namespace, "meridian-status"),
            Identity = $"{node}_{Guid.NewGuid():n}",
        }, (_, token) => Task.WhenAll(WriteAsync(token), beside(token)), time, log);
    }

    public bool IsLeader => _election.IsLeader;

    public async ValueTask DisposeAsync()
    {
        await _election.DisposeAsync();
        await _events.DisposeAsync();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var written = new Dictionary<string, string>();
        var wanted = new ConcurrentDictionary<string, Wanted>();
        var told = new ConcurrentDictionary<string, string>();
        await using var controller = new Controller<string>(_time, Writers,
            (id, token) => WriteAsync(wanted, id, token),
            (id, e) =>
            {
                // Said once; the next try may fail for the same reason for hours.
                if (told.TryGetValue(id, out var before) && before == e.Message)
                    return;
                told[id] = e.Message;
                _log($"the status of {id} cannot be written yet: {e.Message}");
            }, new Backoff { First = TimeSpan.FromMilliseconds(250) });
        NodeState? last = null;
        using var timer = new PeriodicTimer(Look, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var state = _state();
            if (state.IsSameAs(last))
                continue;
            last = state;
            foreach (var one in state.Objects)
            {
                var (status, conditions) = ObjectStatus.Of(one, state);
                var text = $"{one.Uid} {one.Generation} {status.ToJsonString()} {string.Join('|', conditions)}";
                if (written.GetValueOrDefault(one.Id) == text)
                    continue;
                written[one.Id] = text;
                wanted[one.Id] = new Wanted(one, status, conditions);
                Remark(one, conditions);
                controller.Queue.Add(one.Id);
            }

            foreach (var gone in written.Keys.Except(state.Objects.Select(o => o.Id)).ToArray())
            {
                written.Remove(gone);
                wanted.TryRemove(gone, out _);
            }
        }
    }

    private async Task<TimeSpan?> WriteAsync(ConcurrentDictionary<string, Wanted> wanted, string id,
        CancellationToken cancellationToken)
    {
        if (!wanted.TryGetValue(id, out var want))
            return null;
        var (resource, key) = (_resources[want.Object.Kind], new ObjectKey(want.Object.Namespace, want.Object.Name));
        if (await _client.FindAsync(resource, key, cancellationToken) is not { } current
            || (string?)current["metadata"]?["uid"] != want.Object.Uid)
            return null; // it is gone, or another one by now
        var status = want.Status.DeepClone().AsObject();
        status["conditions"] = Conditions.Write(want.Conditions, current["status"]?["conditions"] as JsonArray,
            want.Object.Generation, _time.GetUtcNow());
        await _client.ApplyAsync(resource, key, new JsonObject { ["status"] = status }, Manager, cancellationToken,
            "status");
        return null;
    }

    private void Remark(ConfigurationObject one, IReadOnlyList<Condition> conditions)
    {
        if (conditions.FirstOrDefault(c => c is { Type: "Accepted", Status: false }) is { } refused)
            _events.Record(_resources[one.Kind], new ObjectKey(one.Namespace, one.Name), one.Uid, warning: true,
                refused.Reason, "Check", refused.Message);
        if (conditions.FirstOrDefault(c => c is { Type: "Degraded", Status: true }) is { } degraded)
            _events.Record(_resources[one.Kind], new ObjectKey(one.Namespace, one.Name), one.Uid, warning: true,
                degraded.Reason, "Steer", degraded.Message);
    }

    private sealed record Wanted(ConfigurationObject Object, JsonObject Status, IReadOnlyList<Condition> Conditions);
}
