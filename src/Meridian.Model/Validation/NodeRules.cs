using System.Net;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class NodeRules
{
    public static void Check(Node node, Reporter report)
    {
        report.Reference<Site>(node.Site, node, "site");
        if (node.Addresses.IsEmpty)
            report.Fault(node, "addresses", $"node `{node.Name}` has no addresses: nobody could be sent to it");
        var seen = new HashSet<IPAddress>();
        for (var i = 0; i < node.Addresses.Length; i++)
        {
            if (!IPAddress.TryParse(node.Addresses[i], out var address))
                report.Fault(node, "addresses", i, $"`{node.Addresses[i]}` is no IP address");
            else if (address.IsIPv4MappedToIPv6)
                report.Fault(node, "addresses", i, $"`{node.Addresses[i]}`: write it as {address.MapToIPv4()}");
            else if (!seen.Add(address))
                report.Fault(node, "addresses", i, $"`{node.Addresses[i]}` stands there twice");
        }
    }
}
