namespace Meridian.Geography.Tests;

public sealed class CountriesTests
{
    [Fact]
    public void Every_country_has_a_place_on_the_earth() =>
        Assert.InRange(Countries.Count, 245, 260);
}
