namespace Meridian.Dns.Zones;

/// <summary>What a name meets in a zone.</summary>
public readonly record struct ZoneMatch(MatchKind Kind, ZoneNode Node);
