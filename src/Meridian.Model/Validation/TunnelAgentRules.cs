using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class TunnelAgentRules
{
    private const int MaxService = 63;

    public static void Check(TunnelAgent agent, ResourceSet set, Reporter report)
    {
        if (agent.Identity.ServiceAccount is { } account)
            CheckAccount(agent, account, set, report);
        else if (!agent.Identity.Enrollment)
            report.Fault(agent, "identity",
                $"agent `{agent.Name}` could never show who it is: `identity` needs `enrollment`, a `serviceAccount` or both");
        report.Reference<Site>(agent.Site, agent, "site");
        if (agent.Publishes.IsEmpty)
            report.Fault(agent, "publishes", $"agent `{agent.Name}` may publish nothing; `[\"*\"]` is everything");
        for (var i = 0; i < agent.Publishes.Length; i++)
        {
            if (!IsService(agent.Publishes[i].Replace("*", "x", StringComparison.Ordinal)))
                report.Fault(agent, "publishes", i,
                    $"`{agent.Publishes[i]}` is not the name of a service: lower-case letters, digits and hyphens, at most {MaxService}, and `*`");
        }
    }

    private static void CheckAccount(TunnelAgent agent, TunnelAccount account, ResourceSet set, Reporter report)
    {
        if ((account.Cluster is null) == (account.Issuer is null))
            report.Fault(account, "cluster",
                "tokens are checked by asking a `cluster`, or by the keys of an `issuer`: write exactly one of them");
        ClusterRules.Reference(set, account.Cluster, account, "cluster", report);
        if (account.Issuer is { } text)
            AccessPolicyRules.CheckIssuer(text, account.JwksFile is not null, account, report);
        else if (account.JwksFile is not null)
            report.Fault(account, "jwksFile", "`jwksFile` goes with `issuer`");
        if (account.Audience.Length == 0)
            report.Fault(account, "audience", "`audience` must not be empty, or a token for anything else would do");
        if (!ResourceName.IsValid(account.Namespace))
            report.Fault(account, "namespace", $"`{account.Namespace}` is no namespace");
        if (!ResourceName.IsValid(account.Name))
            report.Fault(account, "name", $"`{account.Name}` is not the name of a service account");
        if (set.TunnelAgents.Values
            .Where(a => a.Identity.ServiceAccount is { } other && other.Authority == account.Authority
                && other.Namespace == account.Namespace && other.Name == account.Name)
            .MinBy(a => a.Name, StringComparer.Ordinal) is { } first && first.Name != agent.Name)
            report.Fault(account, "name", $"this service account is already that of TunnelAgent `{first.Name}`");
    }

    /// <summary>Checks an address of a pool that leads through a tunnel.</summary>
    public static void Check(AddressPool pool, PoolAddress address, TunnelSource tunnel, ResourceSet set,
        Reporter report)
    {
        if (address.From is not null || address.Value != tunnel.ToString())
            report.Fault(address, "tunnel", "`value`, `from` and `tunnel` exclude each other");
        report.Reference<TunnelAgent>(tunnel.Agent, tunnel, "agent");
        report.Reference<Site>(address.Site, address, "site");
        if (!IsService(tunnel.Service))
            report.Fault(tunnel, "service",
                $"`{tunnel.Service}` is not the name of a service: lower-case letters, digits and hyphens, at most {MaxService}");
        else if (set.TunnelAgents.TryGetValue(tunnel.Agent, out var agent)
            && !agent.Publishes.Any(p => Glob.IsMatch(p, tunnel.Service)))
            report.Fault(tunnel, "service",
                $"TunnelAgent `{agent.Name}` may not publish `{tunnel.Service}`, only {string.Join(", ", agent.Publishes)}");
        if (address.Port is not null)
            report.Fault(address, "port", "the agent's own file says which port the service has");
        if (pool.HealthCheck is not null)
            report.Fault(pool, "healthCheck",
                "services behind a tunnel are probed by their agent; use a pool of their own, without `healthCheck`");
        if (pool.LoadSignal is { } signal && set.LoadSignals.TryGetValue(signal, out var load)
            && load.Scrape is { } scrape && (scrape.Scheme == HttpScheme.Https || scrape.Port is not null))
            report.Fault(pool, "loadSignal",
                "metrics of a service behind a tunnel are read from the service itself, without TLS: its `scrape` has neither `port` nor `scheme: https`");
    }

    private static bool IsService(string text) =>
        text.Length is > 0 and <= MaxService
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
