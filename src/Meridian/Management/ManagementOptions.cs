using System.Net;

namespace Meridian.Management;

/// <summary>Where the management API listens, and what guards it.</summary>
internal sealed record ManagementOptions
{
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 8053);

    /// <summary>Address that serves health and metrics alone, to everybody; null for none.</summary>
    public IPEndPoint? Health { get; init; }

    /// <summary>PEM file with the certificate chain.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file with the private key.</summary>
    public string? Key { get; init; }

    /// <summary>The bearer token that requests must carry; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Whether anybody who reaches it may use it: it is on loopback and has no token.</summary>
    public bool IsOpen => Token is null && IPAddress.IsLoopback(EndPoint.Address);
}
