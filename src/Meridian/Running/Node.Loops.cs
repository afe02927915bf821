using System.Collections.Immutable;

namespace Meridian.Running;

/// <summary>Whether a node turns, and what stands in its way.</summary>
internal sealed partial class Node
{
    /// <summary>Why the node is not ready, or null when it is.</summary>
    public string? NotReady => Loops.FirstOrDefault(l => l is { IsVital: true, Stalled: not null })?.Stalled
        ?? (!_serving ? "the node is starting: not all of its ports are open"
            : Health.FirstRoundDone ? null : "the first round of probes is not done");

    /// <summary>
    /// What a person should see to, though the node serves: loops that stand still, and files whose newest version
    /// cannot be used.
    /// </summary>
    public ImmutableArray<string> Warnings =>
        [.. Loops.Select(l => l.Stalled).Concat(Files.Select(f => f.Fault)).OfType<string>()];

    /// <summary>The files that are read again when they change, and what is wrong with them now.</summary>
    public IEnumerable<(string Name, string? Fault)> Files => _watcher.Checks;

    /// <summary>The loops that must turn, each with what it means where one stands still.</summary>
    public IEnumerable<LoopState> Loops =>
    [
        new("control", Loop.IsStalled ? "the control loop stands still: what is served may be old" : null),
        new("changes", Loop.IsPreparationStalled
            ? "a change has been prepared for minutes: later ones wait" : null),
        new("zones", _zones.IsPublicationStalled
            ? "zones have been compared for minutes: new versions of them are not served" : null),
        new("secondaries", _zones.StalledSecondary is { } zone
            ? $"the refresh of zone {zone} does not end: it is not followed any more" : null),
        new("signatures", _zones.IsSigningStalled ? "signing does not end: signatures may expire" : null),
        new("names", _resolver.Stalled is { } name
            ? $"asking for {name} does not end: its addresses are the last known" : null),
        new("probes", Health.IsStalled ? "the probe engine stands still: verdicts are old" : null),
        new("files", _watcher.Stalled is { } what ? $"{what}: reading does not end, changes do not count" : null),
        new("feeds", _health.StalledFeed is { } feed
            ? $"the feed {feed} is read and that does not end: its addresses count as not answering" : null),
        new("state", Store.IsStalled ? "the disk of the state store does not answer: nothing is stored" : null),
        new("ports", Ports?.Stalled),

        // Without these a node serves as well as any other.
        new("loads", Loads.Stalled is { } address
            ? $"the metrics of {address} are read and that does not end: its load is not known" : null, IsVital: false),
        new("clusters", _clusters.Hub.IsStalled
            ? "the clusters are not looked at any more: what they said last counts" : null, IsVital: false),
        new("status", _status is { IsStalled: true }
            ? "the election of who writes the status of objects stands still: the status may be old" : null,
            IsVital: false),
        new("query-log", Dns.IsQueryLogStalled ? "the query log is not written: lines are lost" : null,
            IsVital: false),
    ];
}
