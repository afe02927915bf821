namespace Meridian.Tunnel.Connections;

/// <summary>Who is at the other end of a connection, as its certificate says; null for nobody in particular.</summary>
/// <param name="Agent">Who may do everything that agents may.</param>
/// <param name="Renewing">Who may ask for a new certificate: the same, or one whose certificate has ended.</param>
/// <param name="Until">When its certificate ends.</param>
internal sealed record ConnectionIdentity(string? Agent, string? Renewing, DateTimeOffset Until);
