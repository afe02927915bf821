using Meridian.Dns.Cookies;

namespace Meridian.Dns.Answering;

/// <summary>What a responder tells clients about itself, and which messages it defers.</summary>
public sealed record ResponderOptions
{
    /// <summary>Name server identifier (RFC 5001), sent to clients that ask for it; null sends none.</summary>
    public string? Nsid { get; init; }

    /// <summary>Defer transfers, updates, notifications and signed queries instead of refusing them.</summary>
    public bool DefersSlowMessages { get; init; }

    /// <summary>Makes and checks cookies (RFC 7873); null leaves the option unanswered.</summary>
    public CookieJar? Cookies { get; init; }

    /// <summary>How long idle TCP connections are kept; sent to clients that ask for it (RFC 7828).</summary>
    public TimeSpan TcpIdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Answer to <c>version.bind CH TXT</c>; null refuses, which is the default.</summary>
    public string? Version { get; init; }

    /// <summary>Answer to <c>id.server CH TXT</c> (RFC 4892); null refuses, which is the default.</summary>
    public string? ServerId { get; init; }
}
