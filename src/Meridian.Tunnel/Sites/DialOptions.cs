using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Meridian.Tunnel.Sites;

/// <summary>What a connection is dialled with.</summary>
public sealed record DialOptions
{
    /// <summary>The authority that vouches for gateways; null while it is asked for.</summary>
    public required X509Certificate2? Authority { get; init; }

    /// <summary>The agent's certificate with its key, as it is now; null before it is enrolled.</summary>
    public required Func<X509Certificate2?> Certificate { get; init; }

    /// <summary>The forms that are tried, in order.</summary>
    public ImmutableArray<TunnelForm> Forms { get; init; } = [TunnelForm.Tls, TunnelForm.Upgrade, TunnelForm.WebSocket];

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The proxy that gateways are dialled through; null for none.</summary>
    public ProxySettings? Proxy { get; init; }
}
