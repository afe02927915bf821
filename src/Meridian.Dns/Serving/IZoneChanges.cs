using System.Net;
using Meridian.Dns.Updates;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Serving;

/// <summary>Implemented by the owner of the zones: receives what other servers and clients change in them.</summary>
public interface IZoneChanges
{
    /// <summary>Called when a primary announces a new version of a zone (RFC 1996).</summary>
    void Notified(AuthoritativeZone zone, IPAddress primary);

    /// <summary>
    /// Applies and stores an update that is allowed and well-formed (RFC 2136); false when it cannot be stored.
    /// </summary>
    /// <param name="zone">The zone.</param>
    /// <param name="evaluate">What the update makes of the zone as it is; null for nothing. Called again where another
    /// server has changed the zone meanwhile.</param>
    /// <param name="cancellationToken">Cancels what has not begun.</param>
    ValueTask<bool> ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
        CancellationToken cancellationToken);
}
