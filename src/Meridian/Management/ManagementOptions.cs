using System.Net;
using Meridian.Dns.Sockets;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>Where the management API listens, and what guards it.</summary>
internal sealed record ManagementOptions
{
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 8053);

    /// <summary>Address that serves health and metrics alone, to everybody; null for none.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>The certificate that it shows; null for no TLS.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>The bearer token that requests must carry; null for none.</summary>
    public BearerTokenFile? Token { get; init; }

    /// <summary>Whether anybody who reaches it may use it: it is on loopback and has no token.</summary>
    public bool IsOpen => Token is null && IPAddress.IsLoopback(EndPoint.Address);

    /// <summary>
    /// Checks that an API off loopback, where anybody could drain a site, has both TLS and a credential.
    /// </summary>
    /// <param name="policies">Whether an AccessPolicy says whose service-account tokens are trusted.</param>
    /// <exception cref="StartException">It is not guarded as it must be.</exception>
    public void Check(bool policies)
    {
        if (IPAddress.IsLoopback(EndPoint.Address)
            || (Certificate is not null && (Token is not null || policies)))
            return;
        throw new StartException($"the management address {EndPoint} is not a loopback address: it needs "
            + "--management-cert and --management-key, and --management-token-file or an AccessPolicy");
    }
}
