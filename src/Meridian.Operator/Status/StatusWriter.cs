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
/// Keeps the status of every object current; one of the nodes does it at a time. A status that did not change is not
/// written; one that cannot be written is retried later, and nothing that serves waits for it. The status of an object
/// that another installation reads too is left to whoever wrote it first (<see cref="StatusOwner"/>).
/// </summary>
public sealed class StatusWriter : IAsyncDisposable
{
    /// <summary>The field manager of what is written.</summary>
    public const string Manager = "meridian-status";

    /// <summary>How often the state is compared with what was written.</summary>
    private static readonly TimeSpan CompareInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How often an object whose status is another installation's is looked at again.</summary>
    private static readonly TimeSpan OtherInterval = TimeSpan.FromMinutes(1);

    /// <summary>Number of objects that are written at a time.</summary>
    private const int Writers = 8;

    private readonly ClusterClient _client;
    private readonly Func<StatusInput> _state;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly EventRecorder _events;
    private readonly LeaderElection _election;
    private readonly StatusOwner _owner;
    private readonly Dictionary<string, ApiResource> _resources = Kinds.All
        .ToDictionary(k => k.Name, CrdWriter.ResourceOf);

    /// <param name="client">The cluster that holds the objects.</param>
    /// <param name="ns">The namespace of the objects; null for all. Those of another are another leader's.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="state">Reads the state of this node.</param>
    /// <param name="alongside">What else the leader does, until it is cancelled.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives messages for people.</param>
    public StatusWriter(ClusterClient client, string? ns, string node,
        Func<StatusInput> state, Func<CancellationToken, Task> alongside, TimeProvider time, Action<string> log)
    {
        (_client, _state, _time, _log) = (client, state, time, log);
        _events = new EventRecorder(client, "meridian.dev/node", node, time);
        var lease = new ObjectKey(client.Namespace, ns is null ? "meridian-status" : $"meridian-status-{ns}");
        _owner = new StatusOwner(client, lease, time);
        _election = new LeaderElection(client, new LeaseOptions
        {
            Lease = lease,
            Identity = $"{node}_{Guid.NewGuid():n}",
        }, (_, token) => LeadAsync(alongside, token), time, log);
    }

    public bool IsLeader => _election.IsLeader;

    /// <inheritdoc cref="LeaderElection.IsStalled"/>
    public bool IsStalled => _election.IsStalled;

    public async ValueTask DisposeAsync()
    {
        await _election.DisposeAsync();
        await _events.DisposeAsync();
    }

    // Where one part of the leader's work fails, the term ends and the next one begins with all parts anew.
    private async Task LeadAsync(Func<CancellationToken, Task> alongside, CancellationToken cancellationToken)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts = [WriteAsync(term.Token), alongside(term.Token)];
        await Task.WhenAny(parts);
        await term.CancelAsync();
        await Task.WhenAll(parts);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var written = new Dictionary<string, string>();
        var pending = new ConcurrentDictionary<string, PendingStatus>();
        var reported = new ConcurrentDictionary<string, string>();
        var others = new ConcurrentDictionary<string, string>();
        await using var controller = new Controller<string>(_time, Writers,
            (id, token) => WriteAsync(pending, others, id, token),
            (id, e) =>
            {
                // Reported once: the retries may fail for the same reason for hours.
                if (reported.TryGetValue(id, out var before) && before == e.Message)
                    return;
                reported[id] = e.Message;
                _log($"the status of {id} cannot be written yet: {e.Message}");
            }, new RetryDelays { First = TimeSpan.FromMilliseconds(250) });
        StatusInput? last = null;
        using var timer = new PeriodicTimer(CompareInterval, _time);
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
                pending[one.Id] = new PendingStatus(one, status, conditions);
                controller.Queue.Add(one.Id);
            }

            foreach (var gone in written.Keys.Except(state.Objects.Select(o => o.Id)).ToArray())
            {
                written.Remove(gone);
                pending.TryRemove(gone, out _);
            }
        }
    }

    private async Task<TimeSpan?> WriteAsync(ConcurrentDictionary<string, PendingStatus> pending,
        ConcurrentDictionary<string, string> others, string id, CancellationToken cancellationToken)
    {
        if (!pending.TryGetValue(id, out var next))
            return null;
        if (next.Other is { } known && await _owner.IsActiveAsync(known, cancellationToken))
            return OtherInterval; // and the object itself is not read for it
        var (resource, key) = (_resources[next.Object.Kind], new ObjectKey(next.Object.Namespace, next.Object.Name));
        if (await _client.FindAsync(resource, key, cancellationToken) is not { } current
            || (string?)current["metadata"]?["uid"] != next.Object.Uid)
            return null; // it was deleted, or another object has its name by now
        if (await _owner.FindOtherAsync(current["status"], cancellationToken) is { } other)
        {
            pending.TryUpdate(id, next with { Other = other }, next);
            if (others.TryAdd(other, id))
                _log($"the status of {id}, and of whatever else both read, is left to the installation {other}, which "
                    + "writes it already: give each installation a --namespace of its own");
            return OtherInterval;
        }

        if (pending.TryUpdate(id, next with { Recorded = true }, next) && !next.Recorded)
            RecordEvents(next.Object, next.Conditions);
        var status = next.Status.DeepClone().AsObject();
        status["installation"] = _owner.Name;
        status["conditions"] = Conditions.Write(next.Conditions, current["status"]?["conditions"] as JsonArray,
            next.Object.Generation, _time.GetUtcNow());
        var document = new JsonObject { ["status"] = status };

        // Of two that begin at the same moment one alone may find the status without an owner.
        if ((string?)current["status"]?["installation"] != _owner.Name)
            document["metadata"] = new JsonObject
            {
                ["resourceVersion"] = (string?)current["metadata"]?["resourceVersion"],
            };
        await _client.ApplyAsync(resource, key, document, Manager, cancellationToken, "status");
        return null;
    }

    private void RecordEvents(ConfigurationObject one, IReadOnlyList<Condition> conditions)
    {
        foreach (var condition in conditions)
        {
            var action = condition switch
            {
                { Type: "Accepted", Status: false } => "Check",
                { Type: "Degraded", Status: true } => "Steer",
                { Type: "Exported" or "Delegated", Status: false } => "Write",
                { Type: "Conflict", Reason: "NameTaken" } => "Watch",
                _ => null,
            };
            if (action is not null)
                _events.Record(_resources[one.Kind], new ObjectKey(one.Namespace, one.Name), one.Uid, warning: true,
                    condition.Reason, action, condition.Message);
        }
    }

    /// <param name="Object">The object.</param>
    /// <param name="Status">Its status, without conditions.</param>
    /// <param name="Conditions">Its conditions.</param>
    /// <param name="Recorded">Whether the events of it have been recorded.</param>
    /// <param name="Other">The installation that its status belonged to when it was read last; null for none.</param>
    private sealed record PendingStatus(ConfigurationObject Object, JsonObject Status,
        IReadOnlyList<Condition> Conditions, bool Recorded = false, string? Other = null);
}
