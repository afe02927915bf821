using Meridian.Running;
using Meridian.State;

namespace Meridian.Tests;

public sealed class StoredDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-stored-").FullName;

    [Fact]
    public async Task It_is_read_from_the_store_of_a_running_node()
    {
        await using var store = SqliteStateStore.Open(_folder, _ => { });
        store.Start();
        store.Zones.SaveZone(new StoredZone("example.org.", DateTimeOffset.UnixEpoch, [1]));
        Assert.Null(await store.Zones.SaveRecordSetsAsync([new("example.net.", "a.example.net.", 1, [2])]));
        Assert.Null(await store.Records.SaveAsync(
            new("client", null, TimeSpan.FromMinutes(1), DateTimeOffset.UnixEpoch, [])));

        var data = await StoredData.ReadAsync(_folder);

        Assert.Equal("example.org.", Assert.Single(data.Zones).Origin);
        Assert.Equal("a.example.net.", Assert.Single(data.RecordSets).Owner);
        Assert.Equal("client", Assert.Single(data.Owners).Id);
    }

    [Fact]
    public async Task A_folder_without_a_store_is_a_reason_to_stop() =>
        Assert.StartsWith("there is no state store", (await Assert.ThrowsAsync<StartException>(() =>
            StoredData.ReadAsync(_folder))).Message);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
