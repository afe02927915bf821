using System.Net;
using System.Text;
using CsCheck;
using Meridian.Model.Verdicts;
using Meridian.Steering.Geography;

namespace Meridian.Steering.Tests;

/// <summary>Scenarios 24–28: who is where, and how far an answer reaches.</summary>
public sealed class GeographyTests
{
    private const string Sources = """
        network,country,latitude,longitude,asn,city
        198.51.100.0/24,VN,21.03,105.85,64496,Hanoi
        198.51.101.0/24,VN,20.86,106.68,64496,Haiphong
        192.0.2.0/24,DE,,,64498,
        203.0.113.0/24,WS,-13.8,-172,,Apia
        2001:db8::/32,DE,,,64498,
        """;

    private const string Pools = """
        vn: site: hanoi, addresses: [{value: 10.0.0.1}]
        de: site: frankfurt, addresses: [{value: 10.0.0.2}]
        fj: site: suva, addresses: [{value: 10.0.0.3}]
        """;

    private static readonly GeoDatabase Geo =
        GeoDatabase.Of([GeoFile.Read("sources.csv", Encoding.UTF8.GetBytes(Sources))]);

    [Fact]
    public void The_nearest_pool_answers_across_the_antimeridian_too()
    {
        var world = Nearest();

        Assert.Equal(["10.0.0.1"], world.Answer("198.51.100.7"));
        Assert.Equal(["10.0.0.2"], world.Answer("192.0.2.7"));
        Assert.Equal(["10.0.0.3"], world.Answer("203.0.113.7"));
        Assert.InRange(new GeoPoint(-18.14, 178.44).DistanceTo(new GeoPoint(-13.8, -172)), 1100, 1200);
    }

    [Fact]
    public void The_scope_is_the_widest_prefix_with_the_same_order()
    {
        var world = Nearest();

        // Hanoi and Haiphong are two places with the same order of pools: one range of 23 bits.
        Assert.Equal(23, world.Choose("198.51.100.0", 24).Choice.ScopeBits);
        Assert.Equal(24, world.Choose("192.0.2.0", 24).Choice.ScopeBits);
        Assert.Equal(32, world.Choose("2001:db8::", 56).Choice.ScopeBits);
    }

    [Fact]
    public void The_scope_is_exact_for_any_client() => Gen.UInt.Sample(client =>
    {
        var world = NearestShared;
        var octets = new byte[] { (byte)(client >> 24), (byte)(client >> 16), (byte)(client >> 8), (byte)client };
        var (choice, values) = world.Choose(new IPAddress(octets).ToString());
        var scope = choice.ScopeBits;
        var random = new Random((int)client);
        for (var i = 0; i < 8; i++)
        {
            var other = scope == 32 ? client
                : (client & ~(uint.MaxValue >> scope)) | ((uint)random.NextInt64() & (scope == 0
                    ? uint.MaxValue : uint.MaxValue >> scope));
            Assert.Equal(values, world.Answer(
                new IPAddress([(byte)(other >> 24), (byte)(other >> 16), (byte)(other >> 8), (byte)other]).ToString()));
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void When_the_nearest_is_drained_the_second_nearest_answers_with_the_same_scope()
    {
        var world = Nearest();
        var before = world.Choose("198.51.100.0", 24).Choice.ScopeBits;

        world.Say(OverrideState.Drain, "vn");

        var (choice, values) = world.Choose("198.51.100.0", 24);
        Assert.Equal(["10.0.0.2"], values);
        Assert.Equal(before, choice.ScopeBits);
    }

    [Fact]
    public void A_client_of_unknown_place_gets_the_order_of_the_resource() =>
        Assert.Equal(["10.0.0.3"], Nearest().Answer("9.9.9.9"));

    [Fact]
    public void Without_data_the_order_of_the_resource_stands_and_the_scope_is_zero()
    {
        var world = new World("policy: Nearest\npools: [{pool: vn}, {pool: de}, {pool: fj}]", Pools);

        Assert.Equal(["10.0.0.1"], world.Answer("192.0.2.7"));
        Assert.Equal(0, world.Choose("192.0.2.0", 24).Choice.ScopeBits);
    }

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
        Assert.Equal(["10.0.0.6"], world.Answer("9.9.9.9"));
        Assert.Equal(25, world.Choose("198.51.100.200", 32).Choice.ScopeBits);
        Assert.Equal(["10.0.0.2"],
            world.Set(VerdictState.Down, "10.0.0.1").Set(VerdictState.Down, "10.0.0.3").Answer("198.51.100.7"));
    }

    [Fact]
    public void Nested_networks_are_found_by_the_longest_prefix() =>
        Gen.Select(Gen.UInt, Gen.Int[0, 32], Gen.Int[0, 5]).Array[0, 30].Sample(networks =>
        {
            var list = networks.Select(n => (new IPNetwork(Address(Masked(n.Item1, n.Item2)), n.Item2), n.Item3))
                .DistinctBy(n => n.Item1).ToArray();
            var map = AddressMap.FromNetworks(list);
            foreach (var probe in networks.SelectMany(n => (uint[])[n.Item1, n.Item1 + 1, n.Item1 - 1, ~n.Item1]))
            {
                var expected = list.Where(n => n.Item1.Contains(Address(probe)))
                    .OrderByDescending(n => n.Item1.PrefixLength)
                    .Select(n => (int?)n.Item2).FirstOrDefault() ?? AddressMap.Nothing;
                Assert.Equal(expected, map.Find(Address(probe).GetAddressBytes()));
            }
        }, iter: 500);

    [Fact]
    public void Reads_the_tables_of_tor_geoipdb()
    {
        var v4 = GeoFile.Read("geoip", "# comment\n16777216,16777471,AU\n16777472,16778239,CN\n"u8.ToArray());
        var v6 = GeoFile.Read("geoip6", "2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP\n"u8.ToArray());
        var geo = GeoDatabase.Of([v4, v6]);

        Assert.Equal("AU", geo.PlaceOf([1, 0, 0, 9])!.Country);
        Assert.Equal("AS", geo.PlaceOf([1, 0, 1, 9])!.Continent);
        Assert.Null(geo.PlaceOf([9, 9, 9, 9]));
        Assert.Equal("JP", geo.PlaceOf(IPAddress.Parse("2001:200::1").GetAddressBytes())!.Country);
    }

    [Fact]
    public void Reads_the_table_that_Debian_ships()
    {
        Assert.SkipUnless(File.Exists("/usr/share/tor/geoip"),
            "tor-geoipdb is not installed; on Debian: apt-get install tor-geoipdb");

        var geo = GeoDatabase.Of([GeoFile.Read("/usr/share/tor/geoip", File.ReadAllBytes("/usr/share/tor/geoip"))]);

        Assert.True(geo.Places.RangeCount > 100_000);
        Assert.Equal("US", geo.PlaceOf([8, 8, 8, 8])!.Country);
    }

    [Theory]
    [InlineData("x,y\n", "wanted START,END,COUNTRY")]
    [InlineData("5,1,DE\n", "is not a range")]
    [InlineData("10.0.0.0/33,DE\n", "is not a network")]
    [InlineData("10.0.0.0/8,XX\n", "is not a country code")]
    [InlineData("10.0.0.0/8,DE,91,0\n", "is not between")]
    [InlineData("10.0.0.0/8,DE,9\n", "go together")]
    public void Says_what_is_wrong_with_a_table(string text, string message)
    {
        var e = Assert.Throws<InvalidDataException>(() => GeoFile.Read("t", Encoding.UTF8.GetBytes(text)));
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void Says_that_a_file_is_no_MMDB() =>
        Assert.Throws<InvalidDataException>(() => GeoFile.Read("x.mmdb", Encoding.UTF8.GetBytes("not a database")));

    [Fact]
    public void Every_country_has_a_place_on_the_earth() =>
        Assert.InRange(Countries.Count, 245, 260);

    private static World NearestShared { get; } = Nearest();

    private static World Nearest() =>
        new("policy: Nearest\npools: [{pool: fj}, {pool: vn}, {pool: de}]", Pools, geo: Geo);

    private static uint Masked(uint address, int prefix) =>
        prefix == 0 ? 0 : address & ~(uint)((1UL << (32 - prefix)) - 1);

    private static IPAddress Address(uint value) =>
        new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
