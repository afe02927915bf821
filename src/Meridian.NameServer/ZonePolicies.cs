using System.Net;
using Meridian.Addresses;
using Meridian.Dns.Serving;
using Meridian.Dns.Wire;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.NameServer;

/// <summary>Turns what a Zone resource says of other servers and their rights into the zone's policy.</summary>
internal static class ZonePolicies
{
    private const int DnsPort = 53;
    private const int TlsPort = 853;

    public static ZonePolicy Of(Zone zone, ResourceSet resources)
    {
        return new ZonePolicy
        {
            Transfer = [.. zone.Transfer.Select(Rule)],
            Update = [.. zone.Update.Select(Rule)],
            Notify = [.. zone.Notify.Select(PeerOf).OfType<Peer>()],
            Primaries = [.. zone.Primaries.Select(PeerOf).OfType<Peer>()],
        };

        AccessRule Rule(ZoneAccess access) => new(KeyName(access.Key),
            [.. access.Networks.Select(n => NetworkText.TryParse(n, out var network) ? network : (IPNetwork?)null)
                .OfType<IPNetwork>()]);

        Peer? PeerOf(ZonePeer peer) =>
            ServerAddress.TryParse(peer.Address, peer.TlsName is null ? DnsPort : TlsPort, out var endPoint)
            ? new Peer(endPoint, KeyName(peer.Key), peer.TlsName)
            : null;

        DnsName? KeyName(string? key) =>
            key is not null && resources.TsigKeys.TryGetValue(key, out var found) ? SharedKeys.NameOf(found) : null;
    }
}
