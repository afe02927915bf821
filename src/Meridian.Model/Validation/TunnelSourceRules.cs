using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>What is checked of an address of a pool that leads through a tunnel.</summary>
internal static class TunnelSourceRules
{
    public static void Check(
        AddressPool pool, PoolAddress address, TunnelSource tunnel, ResourceSet set, Reporter report)
    {
        if (address.From is not null || address.Value != tunnel.ToString())
            report.Fault(address, "tunnel", "`value`, `from` and `tunnel` exclude each other");
        report.Reference<TunnelAgent>(tunnel.Agent, tunnel, "agent");
        if (!TunnelAgentRules.IsService(tunnel.Service))
            report.Fault(tunnel, "service", TunnelAgentRules.NotService(tunnel.Service));
        else if (set.TunnelAgents.TryGetValue(tunnel.Agent, out var agent)
            && !agent.Publishes.Any(p => Glob.IsMatch(p, tunnel.Service)))
            report.Fault(tunnel, "service", $"TunnelAgent `{agent.Name}` may not publish `{tunnel.Service}`, " +
                $"only {string.Join(", ", agent.Publishes)}");
        if (address.Port is not null)
            report.Fault(address, "port", "the agent's own file says which port the service has");
        if (pool.HealthCheck is not null)
            report.Fault(pool, "healthCheck",
                "services behind a tunnel are probed by their agent; use a pool of their own, without `healthCheck`");
        if (pool.LoadSignal is { } signal && set.LoadSignals.TryGetValue(signal, out var load)
            && load.Scrape is { } scrape && (scrape.Scheme == HttpScheme.Https || scrape.Port is not null))
            report.Fault(pool, "loadSignal", "metrics of a service behind a tunnel are read from the service " +
                "itself, without TLS: its `scrape` has neither `port` nor `scheme: https`");
    }
}
