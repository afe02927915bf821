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
    ValueTask<bool> ApplyAsync(AuthoritativeZone zone, ZoneUpdate update, CancellationToken cancellationToken);
}
