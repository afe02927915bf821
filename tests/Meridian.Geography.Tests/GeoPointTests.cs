namespace Meridian.Geography.Tests;

public sealed class GeoPointTests
{
    [Fact]
    public void Distances_are_short_across_the_antimeridian() =>
        Assert.InRange(new GeoPoint(-18.14, 178.44).DistanceTo(new GeoPoint(-13.8, -172)), 1100, 1200);
}
