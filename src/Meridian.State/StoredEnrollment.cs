namespace Meridian.State;

/// <summary>A one-time code that an agent can be enrolled with.</summary>
/// <param name="Digest">Digest of the code's secret; the secret itself is never stored.</param>
/// <param name="Agent">Name of the TunnelAgent.</param>
/// <param name="Expires">Until when the code is valid, to the second.</param>
public sealed record StoredEnrollment(string Digest, string Agent, DateTimeOffset Expires);
