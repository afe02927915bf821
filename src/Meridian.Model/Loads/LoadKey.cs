namespace Meridian.Model.Loads;

/// <summary>The key under which an address's load figures are kept.</summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Address">IP address or host name in canonical form.</param>
/// <param name="Port">The port that the pool gives it; null where it gives none.</param>
public readonly record struct LoadKey(string Pool, string Address, int? Port);
