using System.Collections.Immutable;
using System.Net;
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

    /// <summary>Takes what the responder sets aside; null where it sets nothing aside.</summary>
    public MessageService? Messages { get; init; }
}
