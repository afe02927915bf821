namespace Meridian.Fleet.Zones;

/// <summary>The version of a zone that all nodes publish, as it stands in the shared store.</summary>
/// <param name="Serial">Its serial.</param>
/// <param name="Digest">What it holds.</param>
public sealed record SharedVersion(uint Serial, string Digest);
