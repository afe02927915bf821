namespace Meridian.Tunnel.Connections;

/// <summary>Who is at the other end of a connection, as its certificate says.</summary>
/// <param name="Agent">Who may do everything that agents may; null for nobody.</param>
/// <param name="Renewing">Who may ask for a new certificate: the same agent, or one whose certificate has ended; null
/// for nobody.</param>
/// <param name="Until">When the certificate ends.</param>
internal sealed record ConnectionIdentity(string? Agent, string? Renewing, DateTimeOffset Until)
{
    /// <summary>A connection that shows no certificate: it may enrol, and nothing else.</summary>
    public static readonly ConnectionIdentity Anonymous = new(null, null, DateTimeOffset.MaxValue);
}
