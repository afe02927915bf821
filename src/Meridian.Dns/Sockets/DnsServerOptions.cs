using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Limiting;
using Meridian.Dns.Logging;
using Meridian.Dns.Serving;

namespace Meridian.Dns.Sockets;

/// <summary>How a server listens.</summary>
public sealed record DnsServerOptions
{
    public UdpOptions Udp { get; init; } = new();

    public TcpLimits Tcp { get; init; } = new();

    /// <summary>Addresses of DNS over TLS (RFC 7858); none by default.</summary>
    public ImmutableArray<IPEndPoint> Tls { get; init; } = [];

    /// <summary>The certificate for <see cref="Tls"/>.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Limits responses over UDP; null for no limit.</summary>
    public RateLimiter? Limiter { get; init; }

    /// <summary>Is told of a sample of the queries; null for none.</summary>
    public QueryLog? QueryLog { get; init; }

    /// <summary>Is told of a fault that a datagram met; the loop goes on with the next.</summary>
    public Action<Exception> Fault { get; init; } = _ => { };

    /// <summary>Takes what the responder sets aside; null where it sets nothing aside.</summary>
    public MessageService? Messages { get; init; }
}
