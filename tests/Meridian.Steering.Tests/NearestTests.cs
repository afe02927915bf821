using System.Net;
using System.Text;
using CsCheck;
using Meridian.Geography;
using Meridian.Model.Verdicts;

namespace Meridian.Steering.Tests;

/// <summary>Scenarios 24–27: who is where, and how far an answer reaches.</summary>
public sealed class NearestTests
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
    }

    [Fact]
    public void The_scope_is_the_widest_prefix_with_the_same_order()
    {
        var world = Nearest();

        // Hanoi and Haiphong are two places with the same order of pools: one range of 23 bits.
        Assert.Equal(23, world.Choose("198.51.100.0", 24).Decision.ScopeBits);
        Assert.Equal(24, world.Choose("192.0.2.0", 24).Decision.ScopeBits);
        Assert.Equal(32, world.Choose("2001:db8::", 56).Decision.ScopeBits);
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
        var before = world.Choose("198.51.100.0", 24).Decision.ScopeBits;

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
        Assert.Equal(0, world.Choose("192.0.2.0", 24).Decision.ScopeBits);
    }

    private static World NearestShared { get; } = Nearest();

    private static World Nearest() =>
        new("policy: Nearest\npools: [{pool: fj}, {pool: vn}, {pool: de}]", Pools, geo: Geo);
}
