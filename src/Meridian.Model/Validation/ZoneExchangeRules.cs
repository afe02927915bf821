using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>What is checked of a zone's exchange with other servers.</summary>
internal static class ZoneExchangeRules
{
    public static void Check(Zone zone, Reporter report)
    {
        CheckAccess(zone.Transfer, report);
        CheckAccess(zone.Update, report);
        foreach (var rule in zone.Update.Where(r => r.Key is null))
            report.Fault(rule, "", "a rule for updates needs a `key`: an address alone can be forged");
        foreach (var peer in zone.Notify.Concat(zone.Primaries))
        {
            report.Reference<TsigKey>(peer.Key, peer, "key");
            if (!ServerAddress.TryParse(peer.Address, 53, out _))
                report.Fault(peer, "address", $"`{peer.Address}` is not an IP address, with or without a port");
        }

        foreach (var peer in zone.Notify.Where(p => p.TlsName is not null))
            report.Fault(peer, "tlsName", "a NOTIFY goes over UDP; `tlsName` is for `primaries`");
        if (zone.Primaries.IsEmpty)
            return;
        if (zone.File is not null)
            report.Fault(zone, "file",
                "the zone has `primaries`, so its records come from there and not from a `file`");
        if (!zone.Records.IsEmpty)
            report.Fault(zone, "records",
                "the zone has `primaries`, so its records come from there; only steered names are added to them");
        if (!zone.Update.IsEmpty)
            report.Fault(zone, "update", "the zone has `primaries`: send updates to them");
    }

    private static void CheckAccess(IEnumerable<ZoneAccess> rules, Reporter report)
    {
        foreach (var rule in rules)
        {
            report.Reference<TsigKey>(rule.Key, rule, "key");
            if (rule.Key is null && rule.Networks.IsEmpty)
                report.Fault(rule, "",
                    "the rule allows everybody: give a `key`, or `networks` (`0.0.0.0/0` and `::/0` for everybody)");
            for (var i = 0; i < rule.Networks.Length; i++)
            {
                if (!NetworkText.TryParse(rule.Networks[i], out _, out var error))
                    report.Fault(rule, "networks", i, error);
            }
        }
    }
}
