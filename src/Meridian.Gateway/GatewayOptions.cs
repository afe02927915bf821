using System.Collections.Immutable;
using System.Net;
using Meridian.Gateway.Tcp;

namespace Meridian.Gateway;

/// <summary>What a gateway is started with.</summary>
public sealed record GatewayOptions
{
    /// <summary>What <see cref="MaxHead"/> is where nobody says.</summary>
    public const int DefaultMaxHead = 64 << 10;

    /// <summary>Addresses of HTTP/1.1 and HTTP/2 without TLS.</summary>
    public ImmutableArray<IPEndPoint> Http { get; init; } = [];

    /// <summary>Addresses of HTTP/1.1 and HTTP/2 over TLS.</summary>
    public ImmutableArray<IPEndPoint> Https { get; init; } = [];

    /// <summary>
    /// PEM files, or folders of them, with certificates and their keys; needed for <see cref="Https"/>.
    /// </summary>
    public ImmutableArray<string> Certificates { get; init; } = [];

    /// <summary>Ports that endpoints with <c>tcp.port</c> may ask for.</summary>
    public ImmutableArray<PortRange> Tcp { get; init; } = [];

    /// <summary>Peers that are believed when they say who the client is (<c>X-Forwarded-For</c>).</summary>
    public ImmutableArray<IPNetwork> Trusted { get; init; } = [];

    /// <summary>Octets that the head of a request may have: target, names and values of fields.</summary>
    public int MaxHead { get; init; } = DefaultMaxHead;

    /// <summary>Fields that a request may have.</summary>
    public int MaxFields { get; init; } = 200;

    /// <summary>Octets of request bodies that all requests together may keep in memory.</summary>
    public long ReplayMemory { get; init; } = 256L << 20;

    /// <summary>Octets of request bodies that all requests together may keep in files.</summary>
    public long ReplayDisk { get; init; } = 8L << 30;

    /// <summary>How long requests that are under way may take to end at shutdown.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
