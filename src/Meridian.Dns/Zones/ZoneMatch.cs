namespace Meridian.Dns.Zones;

/// <summary>How a name matches a zone, and the node that decides it.</summary>
public readonly record struct ZoneMatch(MatchKind Kind, ZoneNode Node);
