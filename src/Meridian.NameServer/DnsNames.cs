using Meridian.Dns.Wire;
using Meridian.Model.Values;

namespace Meridian.NameServer;

/// <summary>Reads the names in resources as DNS names.</summary>
internal static class DnsNames
{
    /// <summary>The name of a zone; null for one that the model's own checks refuse.</summary>
    public static DnsName? ParseZone(string text) => DnsName.TryParse(text, null, out var name, out _) ? name : null;

    /// <summary>The name of a host; null for one that the model's own checks refuse.</summary>
    public static DnsName? ParseHost(string text) =>
        HostName.TryNormalize(text, out var canonical, out _, wildcard: true) ? DnsName.Parse(canonical) : null;
}
