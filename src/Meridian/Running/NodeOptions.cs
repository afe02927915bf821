using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Sockets;
using Meridian.Gateway;
using Meridian.Management;
using Meridian.State.Etcd;

namespace Meridian.Running;

/// <summary>What a node is started with.</summary>
internal sealed record NodeOptions
{
    public required ImmutableArray<string> Configuration { get; init; }

    /// <summary>Whether a configuration file may hold no resource.</summary>
    public bool AllowEmpty { get; init; }

    public ImmutableArray<IPEndPoint> Dns { get; init; } = [new(IPAddress.Loopback, 5300)];

    /// <summary>Addresses of DNS over TLS.</summary>
    public ImmutableArray<IPEndPoint> DnsTls { get; init; } = [];

    /// <summary>Addresses of DNS over HTTPS.</summary>
    public ImmutableArray<IPEndPoint> DnsHttps { get; init; } = [];

    /// <summary>The certificate for both.</summary>
    public TlsCertificate? DnsCertificate { get; init; }

    /// <summary>Responses a second of one sort to one client network; 0 for no limit.</summary>
    public int RateLimit { get; init; }

    /// <summary>File with cookie secrets that several nodes share; null for one of this node alone.</summary>
    public string? CookieSecrets { get; init; }

    /// <summary>File that a sample of the queries is written to; null for none.</summary>
    public string? QueryLog { get; init; }

    /// <summary>One query in how many is written.</summary>
    public int QueryLogSample { get; init; } = 1;

    /// <summary>Files of keys and tokens, which others should not be able to read.</summary>
    public ImmutableArray<string> SecretFiles { get; init; } = [];

    public required string StateFolder { get; init; }

    /// <summary>The store that it shares with other nodes; null for none.</summary>
    public EtcdOptions? Store { get; init; }

    /// <summary>Addresses by which it knows that its own way out is cut; none for no such look.</summary>
    public ImmutableArray<IPEndPoint> References { get; init; } = [];

    /// <summary>The region that it judges from.</summary>
    public string Region { get; init; } = "default";

    public ImmutableArray<string> GeoFiles { get; init; } = [];

    /// <summary>Resolvers for pools with <c>flatten</c>; none for the system's.</summary>
    public ImmutableArray<IPEndPoint> Resolvers { get; init; } = [];

    public string Name { get; init; } = Environment.MachineName.ToLowerInvariant();

    /// <summary>Answer to <c>version.bind</c> and <c>id.server</c>; off by default.</summary>
    public bool Chaos { get; init; }

    /// <summary>The HTTP gateway; null for none.</summary>
    public GatewayOptions? Gateway { get; init; }

    /// <summary>Where spans go by OTLP; null for where the environment says, and nowhere if it says nothing.</summary>
    public Uri? Traces { get; init; }

    /// <summary>The cluster that resources are read from, beside files; null for none.</summary>
    public KubernetesOptions? Kubernetes { get; init; }

    /// <summary>The sockets that agents of private sites dial; null for none.</summary>
    public TunnelOptions? Tunnel { get; init; }

    public ManagementOptions Management { get; init; } = new();

    /// <summary>How long a node that stops still serves while clients and agents go to other nodes.</summary>
    public TimeSpan Handover { get; init; } = TimeSpan.FromSeconds(5);
}
