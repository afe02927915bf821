namespace Meridian.State;

/// <summary>A record set that dynamic updates have changed.</summary>
/// <param name="Zone">Origin of the zone.</param>
/// <param name="Owner">Name that has the records.</param>
/// <param name="Type">Number of the record type.</param>
/// <param name="Records">The records as octets; without any where the set was deleted.</param>
public sealed record StoredRecordSet(string Zone, string Owner, int Type, byte[] Records);
