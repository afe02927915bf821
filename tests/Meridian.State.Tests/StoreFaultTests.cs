using Meridian.Model.Verdicts;
using Meridian.State.Sqlite;
using Meridian.State.Tests.Support;

namespace Meridian.State.Tests;

/// <summary>A store that cannot be used raises an alarm, says so in its fault, and stops nothing.</summary>
public sealed class StoreFaultTests : StoreFixture
{
    [Fact]
    public async Task A_sound_store_has_no_fault()
    {
        await using var store = Open();
        _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
        await FlushAsync(store);

        Assert.Null(store.Fault);
        Assert.Empty(Alarms);
    }

    [Fact]
    public async Task A_folder_that_is_missing_is_created()
    {
        await using var store = SqliteStateStore.Open(Path.Combine(Folder, "new", "below"), Alarms.Add);

        Assert.Null(store.Fault);
        Assert.True(File.Exists(Path.Combine(Folder, "new", "below", "meridian.db")));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_leaves_everything_in_memory()
    {
        var file = Path.Combine(Folder, "file");
        File.WriteAllText(file, "");

        await using var store = SqliteStateStore.Open(Path.Combine(file, "below"), Alarms.Add);

        Assert.Contains("kept in memory only", Assert.Single(Alarms), StringComparison.Ordinal);
        Assert.Equal(Alarms[0], store.Fault);
        _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
        Assert.False(await store.FlushAsync(TestTime.Limit(10)));
        Assert.Empty(store.Overrides.Read());
        Assert.Single(Alarms);
    }

    [Fact]
    public async Task A_write_that_fails_raises_one_alarm_and_the_next_that_succeeds_ends_the_fault()
    {
        await using var store = Open();
        Execute("DROP TABLE overrides");

        _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
        await store.FlushAsync(TestTime.Limit(10));
        _ = store.Overrides.SaveAsync(Drain("pool/b", Now));
        await store.FlushAsync(TestTime.Limit(10));

        Assert.Contains("cannot be written", Assert.Single(Alarms), StringComparison.Ordinal);
        Assert.Equal(Alarms[0], store.Fault);

        store.Verdicts.Save(new ProbeKey("web", "10.0.0.1", 80, ""), new Verdict(VerdictState.Up, Now, ""));
        await FlushAsync(store);
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task A_read_that_fails_gives_nothing_and_raises_an_alarm()
    {
        await using var store = Open();
        Execute("DROP TABLE overrides");

        Assert.Empty(store.Overrides.Read());
        Assert.Contains("cannot be read", Assert.Single(Alarms), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_a_newer_version_are_passed_over()
    {
        await using (var store = Open())
        {
            _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
            store.Verdicts.Save(new ProbeKey("web", "10.0.0.1", 80, ""), new Verdict(VerdictState.Up, Now, ""));
        }

        Execute("INSERT INTO overrides VALUES ('pool/b', 'Hypnotised', 'thao', 'test', 0, NULL); "
            + "INSERT INTO overrides VALUES ('galaxy/b', 'Drain', 'thao', 'test', 0, NULL); "
            + "INSERT INTO verdicts VALUES ('web', '10.0.0.2', 80, '', 'Hypnotised', 0, '')");

        await using var again = Open();
        Assert.Equal("pool/a", Assert.Single(again.Overrides.Read()).Target.Text);
        Assert.Equal("10.0.0.1", Assert.Single(again.Verdicts.Read()).Key.Target);
        Assert.Empty(Alarms);
    }

    [Fact]
    public async Task Writes_beyond_the_bound_are_lost_and_said_so()
    {
        // Nothing is written before Start: the disk stands still.
        await using var store = SqliteStateStore.Open(Folder, Alarms.Add);
        var verdict = new Verdict(VerdictState.Up, Now, "");
        var key = new ProbeKey("web", "10.0.0.1", 80, "");
        for (var i = 0; i < WriteQueue.MaxQueued; i++)
            store.Verdicts.Save(key, verdict);
        Assert.Null(store.Fault);

        store.Verdicts.Save(key, verdict);
        Assert.Contains("newer ones are lost", store.Fault, StringComparison.Ordinal);
        store.Verdicts.Save(key, verdict);

        Assert.Equal(store.Fault, Assert.Single(Alarms));
        Assert.False(await store.FlushAsync(TestTime.Limit(10)));
    }

    [Fact]
    public async Task What_is_queued_before_the_start_is_written_after_it()
    {
        await using var store = SqliteStateStore.Open(Folder, Alarms.Add);
        _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
        Assert.Empty(store.Overrides.Read());

        store.Start();
        await FlushAsync(store);

        Assert.Single(store.Overrides.Read());
    }
}
