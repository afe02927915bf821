using System.Net;
using Meridian.Dns.Updates;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Serving;

/// <summary>Who owns the zones that are served: takes what other servers and clients say of them.</summary>
public interface IZoneChanges
{
    /// <summary>A primary says that a zone has a new version (RFC 1996).</summary>
    void Notified(AuthoritativeZone zone, IPAddress primary);

    /// <summary>
    /// Applies an update that was found allowed and well-formed, and keeps it (RFC 2136); false when it cannot be kept.
    /// </summary>
    ValueTask<bool> ApplyAsync(AuthoritativeZone zone, ZoneUpdate update, CancellationToken cancellationToken);
}
