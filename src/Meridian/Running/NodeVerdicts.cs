using System.Net;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;
using Meridian.NameServer.Flattening;
using Meridian.Steering;

namespace Meridian.Running;

/// <summary>What a node knows of addresses: verdicts, overrides and resolved names.</summary>
internal sealed class NodeVerdicts(HealthEngine health, OverrideBook overrides, HostResolver resolver) : IVerdicts
{
    public Verdict Of(ProbeKey key) => health.Of(key);

    public Override? OverrideOf(string pool, string value, string? site) => overrides.Find(pool, value, site);

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) => resolver.Find(hostname);
}
