namespace Meridian.Geography;

/// <summary>A point on the earth, in degrees north and east.</summary>
public readonly record struct GeoPoint(double Latitude, double Longitude)
{
    /// <summary>Mean radius of the earth in kilometres (IUGG).</summary>
    private const double EarthRadius = 6371.0088;

    /// <summary>
    /// Great-circle distance in kilometres, by the haversine formula, which is exact across the antimeridian too.
    /// </summary>
    public double DistanceTo(GeoPoint other)
    {
        var lat1 = double.DegreesToRadians(Latitude);
        var lat2 = double.DegreesToRadians(other.Latitude);
        var dLat = Math.Sin((lat2 - lat1) / 2);
        var dLon = Math.Sin(double.DegreesToRadians(other.Longitude - Longitude) / 2);
        var h = (dLat * dLat) + (Math.Cos(lat1) * Math.Cos(lat2) * dLon * dLon);
        return 2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }
}
