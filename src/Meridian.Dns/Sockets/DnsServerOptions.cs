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

    /// <summary>Receives a sample of the queries; null for none.</summary>
    public QueryLog? QueryLog { get; init; }

    /// <summary>Called with an exception that a datagram caused; the loop goes on with the next datagram.</summary>
    public Action<Exception> Fault { get; init; } = _ => { };

    /// <summary>Answers the messages that the responder defers; null where it defers none.</summary>
    public MessageService? Messages { get; init; }
}
