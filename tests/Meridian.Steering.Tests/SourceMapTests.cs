using System.Net;
using System.Text;
using Meridian.Geography;
using Meridian.Model.Verdicts;
using Meridian.Steering.Explaining;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests;

/// <summary>Scenario 28: which pools each source gets.</summary>
public sealed class SourceMapTests
{
    private const string Sources = """
        network,country,latitude,longitude,asn,city
        198.51.100.0/24,VN,21.03,105.85,64496,Hanoi
        198.51.101.0/24,VN,20.86,106.68,64496,Haiphong
        192.0.2.0/24,DE,,,64498,
        203.0.113.0/24,WS,-13.8,-172,,Apia
        203.0.114.0/24,,-13.8,-172,,Nowhere
        2001:db8::/32,DE,,,64498,
        """;

    [Fact]
    public void The_longest_network_beats_the_system_beats_the_country_beats_the_continent_beats_the_default()
    {
        var map = """

            ---
            apiVersion: meridian.dev/v1alpha1
            kind: SourceMap
            metadata: {name: m}
            spec:
              sources:
                - {name: wide, networks: [198.51.0.0/16], pools: [b]}
                - {name: narrow, networks: [198.51.100.128/25], pools: [a]}
                - {name: system, asns: [64496, 64498], pools: [c]}
                - {name: germany, countries: [DE, VN], pools: [d]}
                - {name: oceania, continents: [OC], pools: [e]}
              default: [f]
            """;
        var pools = string.Join('\n', "abcdef".Select((c, i) => $"{c}: addresses: [{{value: 10.0.0.{i + 1}}}]"));
        var members = string.Join(", ", "abcdef".Select(c => $"{{pool: {c}}}"));
        var table = Sources.Replace("192.0.2.0/24,DE,,,64498,", "192.0.2.0/25,DE,,,64498,\n192.0.2.128/25,DE,,,,");
        var geo = GeoDatabase.Of([GeoFile.Read("s.csv", Encoding.UTF8.GetBytes(table))]);
        var world = new World($"policy: SourceMap\nsourceMap: m\npools: [{members}]", pools, map, geo);

        Assert.Equal(["10.0.0.1"], world.Answer("198.51.100.200"));
        Assert.Equal(["10.0.0.2"], world.Answer("198.51.100.7"));
        Assert.Equal(["10.0.0.3"], world.Answer("192.0.2.7"));
        Assert.Equal(["10.0.0.4"], world.Answer("192.0.2.200"));
        Assert.Equal(["10.0.0.5"], world.Answer("203.0.113.7"));
        Assert.Equal(["10.0.0.6"], world.Answer("203.0.114.7"));
        Assert.Equal(["10.0.0.6"], world.Answer("9.9.9.9"));
        Assert.Contains("Source number 2 of SourceMap m gives the order a", Steps(world, "198.51.100.200"),
            StringComparison.Ordinal);
        Assert.Contains("SourceMap m has no source for the client; its default gives the order f",
            Steps(world, "9.9.9.9"), StringComparison.Ordinal);
        Assert.Equal(25, world.Choose("198.51.100.200", 32).Decision.ScopeBits);
        Assert.Equal(["10.0.0.2"],
            world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.3").Answer("198.51.100.7"));
    }

    private static string Steps(World world, string client) => string.Join('\n', Explainer.Explain(world.Table,
        "app.example.org", IPAddress.Parse(client), 32, AddressKind.V4, 1, world.Now)!.Steps);
}
