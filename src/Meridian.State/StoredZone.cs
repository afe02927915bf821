namespace Meridian.State;

/// <summary>A zone that was transferred.</summary>
/// <param name="Origin">Name of the zone.</param>
/// <param name="CheckedAt">When its primary last confirmed it as current.</param>
/// <param name="Records">Its records as octets.</param>
public sealed record StoredZone(string Origin, DateTimeOffset CheckedAt, byte[] Records);
