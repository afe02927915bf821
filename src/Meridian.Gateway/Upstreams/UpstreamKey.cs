using Meridian.Model.Resources;

namespace Meridian.Gateway.Upstreams;

/// <summary>Tells upstreams apart. Equal keys share their load figures and connections.</summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Host">IP address or host name.</param>
/// <param name="Port">Port of the service.</param>
/// <param name="Scheme">http or https.</param>
/// <param name="Verify">Whether the certificate is verified.</param>
/// <param name="ServerName">Server name for TLS.</param>
/// <param name="Tunnel">The service behind a tunnel that it is; null for one that is reached over TCP.</param>
internal sealed record UpstreamKey(string Pool, string Host, int Port, HttpScheme Scheme, bool Verify,
    string? ServerName, TunnelSource? Tunnel = null)
{
    public override string ToString() =>
        Tunnel is not null ? Host : Host.Contains(':', StringComparison.Ordinal)
        ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
