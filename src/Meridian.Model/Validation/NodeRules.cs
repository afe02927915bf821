using System.Net;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class NodeRules
{
    public static void Check(Node node, Reporter report)
    {
        report.Reference<Site>(node.Site, node, "site");
        if (node.Addresses.IsEmpty)
            report.Fault(node, "addresses", $"node `{node.Name}` has no addresses: no client could be sent to it");
        var seen = new HashSet<IPAddress>();
        for (var i = 0; i < node.Addresses.Length; i++)
        {
            if (report.Address(node.Addresses[i], node, "addresses", i) is { } address && !seen.Add(address))
                report.Fault(node, "addresses", i, $"`{node.Addresses[i]}` is given twice");
        }
    }
}
