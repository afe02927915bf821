namespace Meridian.Api.Contracts;

/// <summary>A one-time code for an agent. It is shown here and nowhere else.</summary>
/// <param name="Agent">Name of the TunnelAgent.</param>
/// <param name="Code">The code.</param>
/// <param name="Expires">Until when it stands.</param>
public sealed record Enrollment(string Agent, string Code, DateTimeOffset Expires);
