using System.Net;
using System.Text;

namespace Meridian.Geography.Tests;

public sealed class GeoFileTests
{
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
    [InlineData("", "holds no range of addresses")]
    [InlineData("# a comment\n", "holds no range of addresses")]
    [InlineData("network,country\n", "holds no range of addresses")]
    [InlineData("netw", "wanted START,END,COUNTRY")]
    [InlineData("x,y\n", "wanted START,END,COUNTRY")]
    [InlineData("5,1,DE\n", "is not a range")]
    [InlineData("10.0.0.0/33,DE\n", "is not a network")]
    [InlineData("10.010.0.0/16,DE\n", "is not a network")]
    [InlineData("10.0.0.1/8,DE\n", "bits set beyond the prefix")]
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
}
