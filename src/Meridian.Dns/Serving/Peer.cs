using System.Net;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Serving;

/// <summary>Another name server, which zones are transferred from or announced to.</summary>
/// <param name="EndPoint">Its address and port.</param>
/// <param name="Key">Name of the key that messages to it are signed with; null for none.</param>
/// <param name="TlsName">The name in its certificate, for transfers over TLS (RFC 9103); null for TCP.</param>
public sealed record Peer(IPEndPoint EndPoint, DnsName? Key, string? TlsName = null);
