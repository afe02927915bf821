using System.Collections.Immutable;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Fleet;
using Meridian.Fleet.Zones;
using Meridian.Running.Control;
using Meridian.State.Shared;

namespace Meridian.Running.Features;

/// <summary>
/// The versions of zones that nodes publish together, so that other servers may copy a zone from any of them. One node
/// a zone writes new versions and tells the servers that copy it; all serve a version once they have what it holds.
/// </summary>
/// <param name="store">The shared store.</param>
/// <param name="holder">Tells this process from all others.</param>
/// <param name="loop">The control loop.</param>
internal sealed class SharedVersionFeature(ISharedStore store, string holder, ControlLoop loop) : IFeature, ISharedPart
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private volatile SharedSnapshot _snapshot = SharedSnapshot.Empty;
    private volatile ImmutableDictionary<DnsName, ZoneProposal?> _proposals =
        ImmutableDictionary<DnsName, ZoneProposal?>.Empty;
    private Task _writing = Task.CompletedTask;

    public string Name => "zone versions";

    /// <summary>Called on the control loop when versions are others than before.</summary>
    public Action Republish { get; set; } = () => { };

    /// <summary>Called on the control loop with a zone that this node publishes from now on.</summary>
    public Action<DnsName> TakenOver { get; set; } = _ => { };

    /// <summary>How many zones this node publishes.</summary>
    public int Publishes => _proposals.Keys.Count(IsPublisher);

    /// <summary>How many zones hold more here than the version that others copy.</summary>
    public int Pending => _proposals.Values.Count(p => p is not null);

    /// <summary>The version of a zone that was agreed on last; null for none that is known.</summary>
    public ZoneVersion? Find(DnsName origin) => VersionSteps.Read(_snapshot, origin.ToString()) is { } version
        ? new ZoneVersion(version.Serial, version.Digest) : null;

    /// <summary>Whether this node tells other servers of new versions: of a zone that nodes publish together one does.
    /// </summary>
    public bool Notifies(DnsName origin) => !_proposals.ContainsKey(origin) || IsPublisher(origin);

    /// <summary>Says what this node would publish. Not on the control loop.</summary>
    public void Propose(ImmutableDictionary<DnsName, ZoneProposal?> proposals)
    {
        _proposals = proposals;
        loop.Post(Name, Step);
    }

    public void Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys)
    {
        var before = _snapshot;
        _snapshot = snapshot;
        if (keys.Any(k => k.StartsWith(FleetKeys.Zones, StringComparison.Ordinal)))
            Republish();
        foreach (var origin in _proposals.Keys)
        {
            if (IsPublisher(origin) && !VersionSteps.IsPublisher(before, origin.ToString(), holder))
                TakenOver(origin);
        }

        Step();
    }

    public void Tick(DateTimeOffset now) => Step();

    private bool IsPublisher(DnsName origin) => VersionSteps.IsPublisher(_snapshot, origin.ToString(), holder);

    // What is not done is tried again at the next tick.
    private void Step()
    {
        if (!_writing.IsCompleted || !store.IsAttached || _snapshot.Revision == 0)
            return;
        var steps = VersionSteps.Of(_snapshot, holder, _proposals.Select(p => new NextVersion(p.Key.ToString(),
            p.Value is null ? null : new SharedVersion(p.Value.Version.Serial, p.Value.Version.Digest),
            p.Value is { IsRaise: true })));
        if (!steps.IsEmpty)
            _writing = WriteAsync(steps);
    }

    private async Task WriteAsync(ImmutableArray<SharedTransaction> steps)
    {
        foreach (var step in steps)
        {
            if (await store.CommitAsync(step, Limit) is SharedOutcome.Unavailable)
                return;
        }

        loop.Post(Name, Step); // what has come meanwhile found this under way
    }
}
