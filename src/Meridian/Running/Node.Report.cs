using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Meridian.Dns.Wire;
using Meridian.Management;
using Meridian.Model;
using Meridian.Operator.Status;
using Meridian.Running.Features;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>What others are told of a node.</summary>
internal sealed partial class Node
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(30);

    /// <summary>Why the node is not ready, or null when it is.</summary>
    public string? NotReady => Loops.FirstOrDefault(l => l.Stalled is not null)?.Stalled
        ?? (!_serving ? "the node is starting: not all of its ports are open"
            : Health.FirstRoundDone ? null : "the first round of probes is not done");

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
    ];

    /// <summary>When the certificates end that the node shows to clients.</summary>
    public IEnumerable<(string Use, string Name, DateTimeOffset NotAfter)> Certificates
    {
        get
        {
            if (_options.DnsCertificate is { } dns)
            {
                var certificate = dns.Current.TargetCertificate;
                yield return ("dns", certificate.GetNameInfo(X509NameType.DnsName, false), certificate.NotAfter);
            }

            foreach (var (name, notAfter) in GatewayServer?.Certificates ?? [])
                yield return ("gateway", name, notAfter);
        }
    }

    /// <summary>
    /// Whether all has been looked at once since the start: addresses probed, names asked for, clusters called, agents
    /// waited for. Whatever has not come by <see cref="LongestLook"/> will not come soon.
    /// </summary>
    public bool HasLooked => Health.FirstRoundDone
        && (_time.GetUtcNow() - StartedAt > LongestLook
            || (_resolver.HasAskedAll && Tunnels.HasWaited
                && State.Resources.Clusters.Values.Where(c => c.Access is not null)
                    .All(c => Discovery.Clusters.GetValueOrDefault(c.Name)?.IsReachable is not null)));

    /// <summary>What clusters say, whether or not it is compiled yet.</summary>
    public Operator.Discovering.Discovery Discovery => _clusterFeature.Discovery;

    private StatusInput ReadStatus()
    {
        var state = State;
        return new StatusInput(_clusters.Objects,
            state.Inputs.Configuration.Objects?.Accepted ?? ImmutableDictionary<string, ConfigurationObject>.Empty,
            state.RefusedObjects, state.Table, Discovery, SerialsOf(state.Resources),
            Tunnels.IsEnabled ? TunnelReport.OfAgents(Tunnels.Hub, state.Resources, _time.GetUtcNow())
                : ImmutableDictionary<string, AgentState>.Empty);
    }

    private ImmutableDictionary<string, uint> SerialsOf(ResourceSet resources)
    {
        var serials = _holder.Current.Zones.ToDictionary(z => z.Origin, z => z.Serial);
        return (from zone in resources.Zones
                where DnsName.TryParse(zone.Origin, null, out var name, out _) && serials.ContainsKey(name)
                select (zone.Name, Serial: serials[DnsName.Parse(zone.Origin)]))
            .DistinctBy(z => z.Name).ToImmutableDictionary(z => z.Name, z => z.Serial);
    }

    private void RecordStart()
    {
        var (resources, version) = (State.Resources, StatusReader.Version);
        History.Record(LogLevel.Information, "node", Name, $"node {Name} has started: meridian {version}, "
            + $"{resources.Endpoints.Length} endpoints, {resources.Pools.Count} pools, {resources.Zones.Length} zones",
            Site);
    }
}
