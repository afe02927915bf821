using System.Collections.Immutable;
using System.Net;
using Meridian.Fleet.Votes;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.NameServer.Flattening;
using Meridian.Operator.Discovering;
using Meridian.Running.Features;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.Running;

/// <summary>What a node knows of addresses: verdicts, readiness in clusters, overrides and resolved names.</summary>
internal sealed class NodeVerdicts(HealthEngine health, OverrideBook overrides, HostResolver resolver,
    ReadinessBook readiness, TunnelFeature tunnels, ImmutableDictionary<ProbeKey, FleetVerdict> held, string node,
    bool leaving) : IVerdicts
{
    private static readonly Verdict Leaving = new(VerdictState.Down, DateTimeOffset.MinValue, "this node is stopping");

    public Verdict Of(ProbeKey key) => held.GetValueOrDefault(key)?.Verdict ?? health.Of(key);

    public Verdict? EvidenceOf(AddressShape address)
    {
        if (address.Source.Tunnel is { } tunnel)
            return tunnels.VerdictOf(tunnel);
        if (address.Source.Front is { } front)
            return front.Node != node ? null : leaving ? Leaving : Own(front.Pool);
        if (address.Source.From is not { Reference: { } reference } from)
            return null;
        var results = address.Probe is { } key ? health.Find(key)?.Recent ?? [] : [];
        var successes = results.Where(r => r.Ok).Select(r => r.At - r.Latency);
        return readiness.Of(reference, successes.DefaultIfEmpty().Max(), address.Probe is not null,
            results.FirstOrDefault() is { Ok: false } last ? (last.At, last.Reason) : null, from.Host,
            from.ServiceHealthPolicy);
    }

    // Other nodes are asked by a probe whether they can serve a pool; this one knows.
    private Verdict? Own(AddressPool pool) => pool.Addresses.Where(a => a is { Enabled: true, Tunnel: not null })
        .Select(a => (Verdict: tunnels.VerdictOf(a.Tunnel!),
            Override: overrides.Find(pool.Name, a.Value, a.Site ?? pool.Site)))
        .Select(a => a.Override is { } set ? new Verdict(set.Effective, set.Created, set.Reason) : a.Verdict)
        .MinBy(v => v.State == VerdictState.Up ? 0 : 1);

    public Override? OverrideOf(string pool, string value, string? site) =>
        overrides.Find(GatewayFronts.NameOf(pool), value, site);

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => resolver.Find(hostname);
}
