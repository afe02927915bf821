namespace Meridian.Dns.Answering;

/// <summary>The transport that a query arrived by.</summary>
public enum Transport
{
    Udp,
    Tcp,

    /// <summary>DNS over TLS (RFC 7858).</summary>
    Tls,

    /// <summary>DNS over HTTPS (RFC 8484).</summary>
    Https,
}
