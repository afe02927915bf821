using System.Net.Security;

namespace Meridian.Tunnel.Wire;

/// <summary>
/// The names on the wire. The drafts that they follow are not standards yet (draft-thomson-ptth-potato,
/// draft-kazuho-ptth-ptth): where those change, this file changes.
/// </summary>
public static class TunnelTokens
{
    /// <summary>HTTP/2 with its sides exchanged: the side that dialled is the server.</summary>
    public static readonly SslApplicationProtocol ReversedHttp2 = new("rh2");

    /// <summary>Token of an HTTP/1.1 <c>Upgrade</c> to the same.</summary>
    public const string Upgrade = "ptth";

    /// <summary>Turns a connection around by <c>Upgrade</c> or by a WebSocket.</summary>
    public const string ReversePath = "/.well-known/ptth";

    /// <summary>Gives the authority's certificate to anybody; an agent that enrols knows its digest.</summary>
    public const string AuthorityPath = "/authority";

    /// <summary>Turns a one-time code and a certificate request into a certificate.</summary>
    public const string EnrollPath = "/enroll";

    /// <summary>Turns a certificate that may be renewed and a request into a new one.</summary>
    public const string RenewPath = "/renew";

    /// <summary>Turns a service-account token and a certificate request into a certificate.</summary>
    public const string TokenPath = "/token";

    /// <summary>
    /// Says whether an agent would be taken in, and which of the services that it lists, one a line, it may not
    /// publish.
    /// </summary>
    public const string AdmittancePath = "/admittance";

    /// <summary>
    /// Lets an agent measure its line: octets without meaning, to the agent by GET and from it by POST.
    /// </summary>
    public const string MeasurePath = "/measure";

    /// <summary>
    /// The first request of a gateway: its body and its answer's are lines of JSON, for as long as the tunnel stands.
    /// </summary>
    public const string ControlPath = "/control";

    /// <summary>
    /// A connection to a service, whose name follows: octets both ways, each with its own end. It is a POST, since the
    /// HTTP client of .NET cannot end its direction of an extended CONNECT (RFC 8441).
    /// </summary>
    public const string StreamPath = "/stream/";

    /// <summary>Field of an answer that says why a service was not connected.</summary>
    public const string Reason = "meridian-reason";

    /// <summary>
    /// The longest line of JSON, in octets: <see cref="MaxServices"/> with the longest names and reasons, every
    /// character of them escaped, have room in it twice.
    /// </summary>
    public const int MaxLine = 4 * 1024 * 1024;

    /// <summary>The most services of an agent.</summary>
    public const int MaxServices = 1000;

    /// <summary>The longest reason of a service's health, in characters; a longer one is cut.</summary>
    public const int MaxReason = 200;

    /// <summary>The largest body of a request for a certificate, in octets.</summary>
    public const int MaxRequest = 64 * 1024;
}
