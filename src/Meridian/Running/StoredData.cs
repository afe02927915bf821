using System.Collections.Immutable;
using Meridian.Model.Records;
using Meridian.Operator.Discovering;
using Meridian.State;

namespace Meridian.Running;

/// <summary>What a node serves besides its files, as its state store holds it.</summary>
/// <param name="Zones">Zones that were transferred.</param>
/// <param name="RecordSets">Record sets that dynamic updates have changed.</param>
/// <param name="Owners">Clients with their records.</param>
/// <param name="Discovery">What clusters said last.</param>
internal sealed record StoredData(ImmutableArray<StoredZone> Zones, ImmutableArray<StoredRecordSet> RecordSets,
    ImmutableArray<RecordOwner> Owners, Discovery Discovery)
{
    /// <summary>Reads the store of a node, which may be running.</summary>
    /// <exception cref="StartException">There is no store in the folder, or it cannot be read.</exception>
    public static async Task<StoredData> ReadAsync(string folder)
    {
        await using var store = SqliteStateStore.OpenReadOnly(folder);
        var data = new StoredData(store.Zones.ReadZones(), store.Zones.ReadRecordSets(), store.Records.Read(),
            DiscoveryFile.Read(NodeKubernetes.DiscoveryPathIn(folder), told: null));
        return store.Fault is { } fault ? throw new StartException(fault) : data;
    }
}
