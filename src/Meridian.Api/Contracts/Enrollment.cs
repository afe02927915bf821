namespace Meridian.Api.Contracts;

/// <summary>A one-time code for an agent. It is shown once.</summary>
/// <param name="Agent">Name of the TunnelAgent.</param>
/// <param name="Code">The code.</param>
/// <param name="Expires">Until when it is valid.</param>
public sealed record Enrollment(string Agent, string Code, DateTimeOffset Expires);
