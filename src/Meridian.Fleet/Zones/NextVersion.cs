namespace Meridian.Fleet.Zones;

/// <summary>What a node would publish of a zone.</summary>
/// <param name="Origin">The zone.</param>
/// <param name="Version">The version; null where what the node has is published.</param>
/// <param name="IsRaise">Whether it is the published version under a later serial, which any node may write.</param>
public sealed record NextVersion(string Origin, SharedVersion? Version, bool IsRaise);
