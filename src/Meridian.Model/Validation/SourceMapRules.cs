using System.Net;
using Meridian.Addresses;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class SourceMapRules
{
    private static readonly string[] Continents = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"];

    public static void Check(SourceMap map, Reporter report)
    {
        var networks = new Dictionary<IPNetwork, string>();
        var asns = new Dictionary<long, string>();
        var places = new Dictionary<string, string>();
        foreach (var source in map.Sources)
        {
            CheckNetworks(source, networks, report);
            for (var i = 0; i < source.Asns.Length; i++)
                Once(asns, source.Asns[i], "asns", i);
            for (var i = 0; i < source.Countries.Length; i++)
            {
                if (!SiteRules.IsCountry(source.Countries[i]))
                    report.Fault(source, "countries", i,
                        $"`{source.Countries[i]}` is not a country code: two capital letters, such as VN");
                Once(places, $"country {source.Countries[i]}", "countries", i);
            }

            for (var i = 0; i < source.Continents.Length; i++)
            {
                if (!Continents.Contains(source.Continents[i]))
                    report.Fault(source, "continents", i,
                        $"`{source.Continents[i]}` is not a continent; there are {string.Join(", ", Continents)}");
                Once(places, $"continent {source.Continents[i]}", "continents", i);
            }

            if (source.Networks.IsEmpty && source.Asns.IsEmpty && source.Countries.IsEmpty && source.Continents.IsEmpty)
                report.Fault(source, "name",
                    $"source `{source.Name}` matches nobody: give `networks`, `asns`, `countries` or `continents`");
            CheckPools(source.Pools, source, "pools");

            void Once<T>(Dictionary<T, string> seen, T key, string field, int index) where T : notnull
            {
                if (!seen.TryAdd(key, source.Name))
                    report.Fault(source, field, index, $"{key} already belongs to source `{seen[key]}`");
            }
        }

        CheckPools(map.Default, map, "default");

        void CheckPools(IReadOnlyList<string> pools, object owner, string field)
        {
            if (pools.Count == 0)
                report.Fault(owner, field, $"`{field}` names no pool");
            for (var i = 0; i < pools.Count; i++)
                report.Reference<AddressPool>(pools[i], owner, field, i);
        }
    }

    private static void CheckNetworks(Source source, Dictionary<IPNetwork, string> networks, Reporter report)
    {
        for (var i = 0; i < source.Networks.Length; i++)
        {
            var text = source.Networks[i];
            if (!NetworkText.TryParse(text, out var network, out var error))
                report.Fault(source, "networks", i, error);
            else if (!networks.TryAdd(network, source.Name))
                report.Fault(source, "networks", i, $"{network} already belongs to source `{networks[network]}`");
        }
    }
}
