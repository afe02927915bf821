using System.Net;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.NameServer.Flattening;
using Meridian.Operator.Discovering;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Running;

/// <summary>What a node knows of addresses: verdicts, readiness in clusters, overrides and resolved names.</summary>
internal sealed class NodeVerdicts(HealthEngine health, OverrideBook overrides, HostResolver resolver, ReadinessBook readiness, NodeTunnels tunnels) : IVerdicts
{
    public Verdict Of(ProbeKey key) => health.Of(key);

    public Verdict? EvidenceOf(AddressShape address)
    {
        if (address.Source.Tunnel is { } tunnel)
            return tunnels.VerdictOf(tunnel);
        if (address.Source.From?.Reference is not { } reference)
            return null;
        var successes = address.Probe is { } key ? health.Find(key)?.Recent.Where(r => r.Ok).Select(r => r.At - r.Latency) : null;
        return readiness.Of(reference, successes?.DefaultIfEmpty().Max(), address.Probe is not null);
    }

    public Override? OverrideOf(string pool, string value, string? site) => overrides.Find(pool, value, site);

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => resolver.Find(hostname);
}
