using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Model.Records;

namespace Meridian.State.Sqlite;

/// <summary>A client is one row, with its records as JSON: a batch of changes is stored whole or not at all.</summary>
internal sealed class SqliteRecordOwnerStore(StateDatabase database, WriteQueue writes) : IRecordOwnerStore
{
    public ImmutableArray<RecordOwner> Read()
    {
        var owners = ImmutableArray.CreateBuilder<RecordOwner>();
        database.Read("SELECT owner FROM record_owners", row =>
        {
            if (JsonSerializer.Deserialize<RecordOwner>(row.GetString(0)) is { } owner)
                owners.Add(owner);
        });
        return owners.ToImmutable();
    }

    public Task<string?> SaveAsync(RecordOwner owner) => writes.WriteAsync(Insert(owner));

    public void SaveContact(RecordOwner owner) => writes.Post(new Statement(
        "UPDATE record_owners SET owner = json_set(owner, "
        + "'$.HeardAt', json($heard), '$.Lease', json($lease), '$.Site', json($site)) WHERE id = $id",
        ("$id", owner.Id), ("$heard", JsonSerializer.Serialize(owner.HeardAt)),
        ("$lease", JsonSerializer.Serialize(owner.Lease)), ("$site", JsonSerializer.Serialize(owner.Site))));

    private static Statement Insert(RecordOwner owner) => new(
        "INSERT OR REPLACE INTO record_owners (id, owner) VALUES ($id, $owner)",
        ("$id", owner.Id), ("$owner", JsonSerializer.Serialize(owner)));
}
