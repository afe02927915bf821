using Meridian.State;

namespace Meridian.Fleet.Updates;

/// <summary>A record set that a dynamic update has changed, as it stands in the shared store.</summary>
/// <param name="Owner">Name that has the records.</param>
/// <param name="Type">Number of the record type.</param>
/// <param name="Records">The records as octets; without any where the set was deleted.</param>
internal sealed record SharedRecordSet(string Owner, int Type, byte[] Records)
{
    /// <summary>Whether nothing is missing in it, as can be where another program wrote it.</summary>
    public bool IsWhole => Owner is not null && Records is not null;

    public static SharedRecordSet Of(StoredRecordSet set) => new(set.Owner, set.Type, set.Records);

    public StoredRecordSet In(string zone) => new(zone, Owner, Type, Records);
}
