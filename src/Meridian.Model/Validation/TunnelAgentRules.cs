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
            report.Fault(agent, "identity", $"agent `{agent.Name}` could never prove its identity: " +
                "`identity` needs `enrollment`, a `serviceAccount` or both");
        report.Reference<Site>(agent.Site, agent, "site");
        if (agent.Publishes.IsEmpty)
            report.Fault(agent, "publishes", $"agent `{agent.Name}` may publish nothing; `[\"*\"]` is everything");
        for (var i = 0; i < agent.Publishes.Length; i++)
        {
            if (!IsService(agent.Publishes[i].Replace("*", "x", StringComparison.Ordinal)))
                report.Fault(agent, "publishes", i, NotService(agent.Publishes[i], ", and `*`"));
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
            report.Fault(account, "namespace", $"`{account.Namespace}` is not a namespace");
        if (!ResourceName.IsValid(account.Name))
            report.Fault(account, "name", $"`{account.Name}` is not the name of a service account");
        if (set.TunnelAgents.Values
            .Where(a => a.Identity.ServiceAccount is { } other && other == account)
            .MinBy(a => a.Name, StringComparer.Ordinal) is { } first && first.Name != agent.Name)
            report.Fault(account, "name", $"this service account is already that of TunnelAgent `{first.Name}`");
    }

    /// <summary>Whether a text can be the name of a service behind a tunnel.</summary>
    public static bool IsService(string text) =>
        text.Length is > 0 and <= MaxService
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>What is said of a text that is not the name of a service.</summary>
    public static string NotService(string text, string end = "") => $"`{text}` is not the name of a service: " +
        $"lower-case letters, digits and hyphens, at most {MaxService}{end}";
}
