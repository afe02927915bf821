using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Which serial a version of a zone gets: the time in Unix seconds, or one more than the last where that is later
/// (RFC 1982); the serial in the configuration is the minimum.
/// </summary>
internal static class ZoneSerials
{
    /// <summary>
    /// The serial of the first version of a run. What changes by itself may have changed since the remembered version,
    /// whatever the clock says.
    /// </summary>
    /// <param name="zone">The zone.</param>
    /// <param name="last">The last serial that is known of an earlier run; null for none.</param>
    /// <param name="now">The time.</param>
    public static uint First(AuthoritativeZone zone, uint? last, DateTimeOffset now)
    {
        var changes = zone.Steers || !zone.Policy.Update.IsEmpty;
        var serial = changes ? Later(zone.Serial, now) : zone.Serial;
        return last is not { } known || Soa.IsLater(serial, known) || (!changes && serial == known)
            ? serial : known + ZonePublisher.Gap;
    }

    /// <summary>The serial of a version after another.</summary>
    public static uint Next(AuthoritativeZone zone, uint before, DateTimeOffset now) =>
        // A secondary keeps the serial of its own primary where the zone steers nothing.
        Soa.IsLater(zone.Serial, before) && !zone.Steers
            ? zone.Serial : Later(Greater(before + 1, zone.Serial), now);

    public static uint Greater(uint a, uint b) => Soa.IsLater(b, a) ? b : a;

    private static uint Later(uint serial, DateTimeOffset now) => Greater(serial, (uint)now.ToUnixTimeSeconds());
}
