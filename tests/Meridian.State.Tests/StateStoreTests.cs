using Meridian.Model.History;
using Meridian.Model.Verdicts;

namespace Meridian.State.Tests;

public sealed class StateStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-state-").FullName;
    private readonly List<string> _alarms = [];

    [Fact]
    public async Task Overrides_verdicts_and_events_outlive_the_process()
    {
        var placed = Drain("site/hanoi", Now.AddHours(1));
        var key = new ProbeKey("web", "10.0.0.1", 80, "app.example.org");
        await using (var store = Open())
        {
            _ = store.Overrides.SaveAsync(Drain("site/hanoi", null));
            _ = store.Overrides.SaveAsync(placed);
            _ = store.Overrides.SaveAsync(Drain("pool/gone", null));
            _ = store.Overrides.DeleteAsync(Drain("pool/gone", null).Target);
            store.Verdicts.Save(key, new Verdict(VerdictState.Down, Now, "http: 503"));
            store.Events.Append(new HistoryEvent(Now, "pool", "p", "first"));
            store.Events.Append(new HistoryEvent(Now, "pool", "p", "second"));
        }

        await using var again = Open();
        Assert.Equal([placed], again.Overrides.Read());
        Assert.Equal(new Verdict(VerdictState.Down, Now, "http: 503"), again.Verdicts.Read()[key]);
        Assert.Equal(["second", "first"], again.Events.Read(10).Select(e => e.Message));
        Assert.Empty(_alarms);
        Assert.Null(again.Fault);
    }

    [Fact]
    public async Task A_damaged_file_is_set_aside_and_reported()
    {
        File.WriteAllText(Path.Combine(_folder, "meridian.db"),
            string.Concat(Enumerable.Repeat("this is no database. ", 500)));

        await using var store = Open();

        Assert.Contains("damaged", Assert.Single(_alarms));
        Assert.Single(Directory.GetFiles(_folder, "*.damaged-*"));
        _ = store.Overrides.SaveAsync(Drain("pool/a", null));
        Assert.True(await store.FlushAsync(TimeSpan.FromSeconds(10)));
        Assert.Single(store.Overrides.Read());
    }

    [Fact]
    public async Task Ten_thousand_verdicts_at_once_are_queued_and_all_written()
    {
        await using (var store = Open())
        {
            for (var i = 0; i < 10_000; i++)
                store.Verdicts.Save(new ProbeKey("web", $"10.0.{i >> 8}.{i & 255}", 80, ""),
                    new Verdict(VerdictState.Down, Now, "connect: refused"));
        }

        await using var again = Open();
        Assert.Equal(10_000, again.Verdicts.Read().Count);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_reported_and_stops_nothing()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        await using var store = SqliteStateStore.Open(Path.Combine(file, "below"), _alarms.Add);

        Assert.Contains("kept in memory only", Assert.Single(_alarms));
        _ = store.Overrides.SaveAsync(Drain("pool/a", null));
        Assert.Empty(store.Overrides.Read());
        Assert.NotNull(store.Fault);
    }

    [Fact]
    public async Task Zones_updates_and_the_last_check_outlive_the_process()
    {
        await using (var store = Open())
        {
            store.Zones.SaveZone(new StoredZone("example.org.", Now, [1, 2, 3]));
            store.Zones.SaveChecked("example.org.", Now.AddDays(3));
            store.Zones.SaveChecked("example.net.", Now);
            _ = store.Zones.SaveRecordSetsAsync([new StoredRecordSet("example.org.", "www.example.org.", 1, [4])]);
            _ = store.Zones.SaveRecordSetsAsync([new StoredRecordSet("example.org.", "www.example.org.", 1, [5])]);
        }

        await using var again = Open();
        var zone = Assert.Single(again.Zones.ReadZones());
        Assert.Equal(("example.org.", Now.AddDays(3)), (zone.Origin, zone.CheckedAt));
        Assert.Equal([1, 2, 3], zone.Records);
        Assert.Equal([5], Assert.Single(again.Zones.ReadRecordSets()).Records);
        Assert.Empty(_alarms);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SqliteStateStore Open()
    {
        var store = SqliteStateStore.Open(_folder, _alarms.Add);
        store.Start();
        return store;
    }

    private static Override Drain(string target, DateTimeOffset? expires)
    {
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));
        return new Override(parsed, OverrideState.Drain, "me", "maintenance", Now, expires);
    }
}
