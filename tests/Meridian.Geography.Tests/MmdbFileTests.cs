using System.Net;

namespace Meridian.Geography.Tests;

public sealed class MmdbFileTests
{
    private static Dictionary<string, object> Country(string code) => new() { ["iso_code"] = code };

    [Fact]
    public void Reads_cities_countries_and_systems_and_lays_them_over_each_other()
    {
        var city = new MmdbWriter("Test-City")
            .Add("198.51.100.0/24", new()
            {
                ["country"] = Country("VN"),
                ["continent"] = new Dictionary<string, object> { ["code"] = "AS" },
                ["location"] = new Dictionary<string, object> { ["latitude"] = 21.03, ["longitude"] = 105.85 },
                ["city"] = new Dictionary<string, object>
                {
                    [
                    "names"] = new Dictionary<string, object> { ["en"] = "Hanoi" }
                },
            })
            .Add("192.0.2.0/25", new() { ["registered_country"] = Country("DE") })
            .Add("2001:db8::/32", new() { ["country"] = Country("FR") });
        var systems = new MmdbWriter("Test-ASN")
            .Add("198.51.100.128/25", new() { ["autonomous_system_number"] = 64496u });

        var geo = GeoDatabase.Of([GeoFile.Read("city.mmdb", city.Build()), GeoFile.Read("asn.mmdb", systems.Build())]);

        Assert.Equal(new Place(new GeoPoint(21.03, 105.85), "VN", "AS", "Hanoi"), geo.PlaceOf([198, 51, 100, 7]));
        Assert.Equal(Countries.PlaceOf("DE"), geo.PlaceOf([192, 0, 2, 7]));
        Assert.Null(geo.PlaceOf([192, 0, 2, 200]));
        Assert.Equal("FR", geo.PlaceOf(IPAddress.Parse("2001:db8::1").GetAddressBytes())!.Country);
        Assert.Equal(64496u, geo.SystemOf([198, 51, 100, 200]));
        Assert.Null(geo.SystemOf([198, 51, 100, 7]));
        Assert.Equal("city.mmdb: Test-City, 3 networks, built 2026-09-21", geo.Descriptions[0]);
    }

    [Fact]
    public void A_damaged_file_is_refused_with_its_name()
    {
        var good = new MmdbWriter("Test-City").Add("198.51.100.0/24", new() { ["country"] = Country("VN") }).Build();
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var bad = good.ToArray();
            for (var change = 0; change < 4; change++)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                GeoFile.Read("bad.mmdb", bad);
            }
            catch (InvalidDataException e)
            {
                Assert.Matches("^bad.mmdb(: not a readable MaxMind DB file| holds no range of addresses)", e.Message);
            }
        }
    }
}
