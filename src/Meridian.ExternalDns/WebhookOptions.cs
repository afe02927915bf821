using System.Collections.Immutable;
using System.Net;

namespace Meridian.ExternalDns;

/// <summary>What the webhook provider is started with.</summary>
public sealed record WebhookOptions
{
    /// <summary>The management APIs of the nodes.</summary>
    public required ImmutableArray<Uri> Servers { get; init; }

    /// <summary>Where ExternalDNS asks; loopback, because whoever reaches it may write records.</summary>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 8888);

    /// <summary>Health and metrics, for everybody.</summary>
    public IPEndPoint Health { get; init; } = new(IPAddress.Any, 8080);

    /// <summary>
    /// File with the token that the nodes are shown, read anew for every request: Kubernetes renews it; null for none.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM file with the authorities that the nodes' certificates are of; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Zones to speak of; none for all that the nodes allow.</summary>
    public ImmutableArray<string> DomainFilter { get; init; } = [];
}
