using Meridian.Dns.Wire;
using Meridian.Model.Values;

namespace Meridian.NameServer;

/// <summary>Reads the host names of resources as DNS names.</summary>
internal static class DnsNames
{
    /// <summary>The name; null for one that the model's own checks refuse.</summary>
    public static DnsName? Parse(string text) =>
        HostName.TryNormalize(text, out var canonical, out _, wildcard: true) ? DnsName.Parse(canonical) : null;
}
