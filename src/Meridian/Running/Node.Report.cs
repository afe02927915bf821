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

    /// <summary>When the certificates end that the node shows.</summary>
    public IEnumerable<(string Use, string Name, DateTimeOffset NotAfter)> Certificates
    {
        get
        {
            foreach (var (use, shown) in new[]
                { ("dns", _options.DnsCertificate), ("management", _options.Management.Certificate) })
            {
                if (shown?.Current.TargetCertificate is { } certificate)
                    yield return (use, certificate.GetNameInfo(X509NameType.DnsName, false), certificate.NotAfter);
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
