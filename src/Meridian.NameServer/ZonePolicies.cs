using System.Net;
using Meridian.Dns.Serving;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.NameServer;

/// <summary>Turns what resources say of keys and other servers into what the DNS room understands.</summary>
internal static class ZonePolicies
{
    private const int DnsPort = 53;
    private const int TlsPort = 853;

    public static ZonePolicy Of(Model.Resources.Zone zone, ResourceSet resources)
    {
        return new ZonePolicy
        {
            Transfer = [.. zone.Transfer.Select(Rule)],
            Update = [.. zone.Update.Select(Rule)],
            Notify = [.. zone.Notify.Select(PeerOf).OfType<Peer>()],
            Primaries = [.. zone.Primaries.Select(PeerOf).OfType<Peer>()],
        };

        AccessRule Rule(ZoneAccess access) => new(KeyName(access.Key),
            [.. access.Networks.Select(n => IPNetwork.TryParse(n, out var network) ? network : (IPNetwork?)null)
                .OfType<IPNetwork>()]);

        Peer? PeerOf(ZonePeer peer) =>
            ServerAddress.TryParse(peer.Address, peer.TlsName is null ? DnsPort : TlsPort, out var endPoint)
            ? new Peer(endPoint, KeyName(peer.Key), peer.TlsName)
            : null;

        DnsName? KeyName(string? key) =>
            key is not null && resources.TsigKeys.TryGetValue(key, out var found) ? NameOf(found) : null;
    }

    /// <summary>The keys, and what is wrong with those that are missing.</summary>
    public static IEnumerable<Dns.Tsig.TsigKey> Keys(ResourceSet resources, Func<string, string?> open, List<Fault> faults)
    {
        foreach (var key in resources.TsigKeys.Values)
        {
            var text = key.Secret ?? (key.SecretFile is null ? null : open(key.SecretFile)?.Trim());
            if (text is null && key.SecretFile is not null)
                faults.Add(new Fault(key.Location,
                    $"TsigKey `{key.Name}`: the secret file {key.SecretFile} cannot be read"));
            if (text is null || NameOf(key) is not { } name
                || !TsigAlgorithm.TryParse(key.Algorithm, out var algorithm))
                continue;
            var secret = new byte[text.Length];
            if (Convert.TryFromBase64String(text, secret, out var length) && length > 0)
                yield return new Dns.Tsig.TsigKey(name, algorithm, secret.AsMemory(0, length));
            else if (key.SecretFile is not null)
                faults.Add(new Fault(key.Location,
                    $"TsigKey `{key.Name}`: {key.SecretFile} holds no secret in base64"));
        }
    }

    private static DnsName? NameOf(Model.Resources.TsigKey key) =>
        DnsName.TryParse(key.EffectiveKeyName, null, out var name, out _) ? name : null;
}
