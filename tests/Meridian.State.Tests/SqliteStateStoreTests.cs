using Meridian.Model.History;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;

namespace Meridian.State.Tests;

public sealed class SqliteStateStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TestTime.Limit(30);

    private readonly TestFolder _folder = new();
    private readonly List<string> _alarms = [];

    [Fact]
    public async Task A_write_completes_with_null_when_another_process_can_read_it()
    {
        await using var store = Open();
        store.Start();

        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a")).WaitAsync(Limit));

        await using var reader = SqliteStateStore.OpenReadOnly(_folder.Path);
        Assert.Equal("pool/a", Assert.Single(reader.Overrides.Read()).Target.Text);
    }

    [Fact]
    public async Task A_write_that_fails_is_told_why_and_those_beside_it_are_written()
    {
        await using var store = Open();
        var faulty = store.Overrides.SaveAsync(Drain("pool/faulty") with { Author = null! });
        var beside = store.Overrides.SaveAsync(Drain("pool/beside"));
        var flush = store.FlushAsync(Limit);

        store.Start(); // so that all of them are in the first batch

        Assert.Contains("NOT NULL", await faulty.WaitAsync(Limit));
        Assert.Null(await beside.WaitAsync(Limit));
        Assert.False(await flush);
        Assert.Contains("cannot be written", Assert.Single(_alarms));
        Assert.Equal("pool/beside", Assert.Single(store.Overrides.Read()).Target.Text);

        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/next")).WaitAsync(Limit));
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task A_failed_write_does_not_end_the_loop()
    {
        await using var store = Open();
        store.Start();

        Assert.NotNull(await store.Zones.SaveRecordSetsAsync([new("example.org.", "a.", 1, null!)]).WaitAsync(Limit));

        Assert.Null(await store.Zones.SaveRecordSetsAsync([new("example.org.", "a.", 1, [])]).WaitAsync(Limit));
    }

    [Fact]
    public async Task Record_sets_of_one_update_are_saved_all_or_none()
    {
        await using var store = Open();
        store.Start();

        Assert.NotNull(await store.Zones.SaveRecordSetsAsync(
            [new("example.org.", "a.example.org.", 1, [1]), new("example.org.", null!, 1, [2])]).WaitAsync(Limit));

        Assert.Empty(store.Zones.ReadRecordSets());
    }

    [Fact]
    public async Task A_full_disk_is_the_reason_that_a_write_gives_and_the_store_recovers()
    {
        await using var disk = await SmallDisk.MountAsync();
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        await using var store = SqliteStateStore.Open(disk.Folder, _alarms.Add);
        store.Start();
        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a")).WaitAsync(Limit));

        disk.Fill();
        string? failure = null;
        for (var i = 0; i < 100 && failure is null; i++)
            failure = await store.Overrides.SaveAsync(Drain($"pool/{i}-{new string('x', 400)}")).WaitAsync(Limit);

        Assert.Contains("full", failure);
        Assert.Equal(failure, store.Fault);
        Assert.False(await store.FlushAsync(Limit) && store.Fault is null);

        disk.Empty();
        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/b")).WaitAsync(Limit));
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task A_store_without_a_file_answers_every_write_with_its_fault()
    {
        _folder.Write("file", "");
        await using var store = SqliteStateStore.Open(Path.Combine(_folder.Path, "file", "below"), _alarms.Add);
        store.Start();

        Assert.Contains("kept in memory only", store.Fault);
        Assert.Equal(store.Fault, await store.Overrides.SaveAsync(Drain("pool/a")).WaitAsync(Limit));
        Assert.Equal(store.Fault, await store.Overrides.DeleteAsync(Drain("pool/a").Target).WaitAsync(Limit));
        Assert.Equal(store.Fault, await store.Zones.SaveRecordSetsAsync([]).WaitAsync(Limit));
        Assert.Equal(store.Fault, await store.Records.SaveAsync(Owner(Now)).WaitAsync(Limit));
        Assert.Equal(store.Fault, await store.Enrollments.SaveAsync(new("d", "a", Now)).WaitAsync(Limit));
        Assert.Equal(store.Fault, await store.Enrollments.DeleteAsync("d").WaitAsync(Limit));
        Assert.False(await store.FlushAsync(Limit));
        store.Verdicts.Save(default, Verdict.Unknown);
        store.Events.Append(new HistoryEvent(Now, "node", "n", "started"));
        Assert.Empty(store.Events.Read(10));
        Assert.Single(_alarms);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_a_fault_and_costs_no_start()
    {
        await using (var writer = Open())
        {
            _ = writer.Enrollments.SaveAsync(new("digest", "hanoi", Now));
            _ = writer.Records.SaveAsync(Owner(Now) with { Id = "a" });
        }

        Execute("UPDATE record_owners SET owner = '{'; UPDATE enrollments SET expires = 9223372036854775807");

        await using var store = Open();
        Assert.Empty(store.Records.Read());
        Assert.Contains("cannot be read", store.Fault);
        Assert.Empty(store.Enrollments.Read());
    }

    [Fact]
    public async Task Writes_that_were_queued_before_the_start_are_written_at_the_end()
    {
        await using (var store = Open())
            _ = store.Overrides.SaveAsync(Drain("pool/a"));

        await using var again = Open();
        Assert.Single(again.Overrides.Read());
    }

    [Fact]
    public async Task A_write_after_the_end_says_that_the_store_is_closed()
    {
        var store = Open();
        await store.DisposeAsync();

        Assert.Equal("state store is closed", await store.Overrides.SaveAsync(Drain("pool/a")).WaitAsync(Limit));
        Assert.Empty(_alarms);
    }

    [Fact]
    public async Task The_ten_thousand_latest_events_are_kept()
    {
        await using (var store = Open())
        {
            for (var i = 1; i <= 10_002; i++)
                store.Events.Append(new HistoryEvent(Now, "pool", "p", $"{i}"));
        }

        await using var again = Open();
        var events = again.Events.Read(20_000);
        Assert.Equal(10_000, events.Length);
        Assert.Equal(("10002", "3"), (events[0].Message, events[^1].Message));
    }

    [Fact]
    public async Task Clients_with_records_are_read_as_they_were_saved()
    {
        await using (var store = Open())
        {
            _ = store.Records.SaveAsync(Owner(Now));
            store.Records.SaveContact(Owner(Now.AddHours(1)));
        }

        await using var again = Open();
        var owner = Assert.Single(again.Records.Read());
        Assert.Equal(Owner(Now.AddHours(1)) with { Records = owner.Records }, owner);
        var record = Assert.Single(owner.Records);
        Assert.Equal(("app.example.org", "A", 60), (record.DnsName, record.RecordType, record.RecordTtl));
        Assert.Equal(["10.0.0.1", "10.0.0.2"], record.Targets);
    }

    [Fact]
    public async Task A_contact_does_not_take_back_records_that_were_saved_meanwhile()
    {
        await using (var store = Open())
        {
            var before = Owner(Now) with { Records = [] };
            _ = store.Records.SaveAsync(before);
            _ = store.Records.SaveAsync(Owner(Now));
            store.Records.SaveContact(before with
            {
                HeardAt = Now.AddHours(1),
                Site = null,
                Lease = TimeSpan.FromSeconds(90.5),
            });
        }

        await using var again = Open();
        var owner = Assert.Single(again.Records.Read());
        Assert.Single(owner.Records);
        Assert.Equal((Now.AddHours(1), null, TimeSpan.FromSeconds(90.5)), (owner.HeardAt, owner.Site, owner.Lease));
    }

    [Fact]
    public async Task An_override_that_took_the_place_of_an_expired_one_is_not_deleted_with_it()
    {
        await using var store = Open();
        store.Start();
        _ = store.Overrides.SaveAsync(Drain("pool/a") with { Expires = Now });
        _ = store.Overrides.SaveAsync(Drain("pool/b") with { Expires = Now });
        _ = store.Overrides.SaveAsync(Drain("pool/c") with { Expires = Now.AddSeconds(1) });
        _ = store.Overrides.SaveAsync(Drain("pool/a"));

        store.Overrides.DeleteExpired(Now);

        Assert.True(await store.FlushAsync(Limit));
        Assert.Equal(["pool/a", "pool/c"], store.Overrides.Read().Select(o => o.Target.Text).Order());
    }

    [Fact]
    public async Task Enrolments_are_read_until_they_are_deleted()
    {
        var (first, second) = (new StoredEnrollment("d1", "hanoi", Now), new StoredEnrollment("d2", "hanoi", Now));
        await using var store = Open();
        store.Start();
        Assert.Null(await store.Enrollments.SaveAsync(first).WaitAsync(Limit));
        Assert.Null(await store.Enrollments.SaveAsync(second).WaitAsync(Limit));
        Assert.Equal([first, second], store.Enrollments.Read().OrderBy(e => e.Digest));

        Assert.Null(await store.Enrollments.DeleteAsync("d1").WaitAsync(Limit));
        Assert.Equal([second], store.Enrollments.Read());
    }

    public void Dispose() => _folder.Dispose();

    private SqliteStateStore Open() => SqliteStateStore.Open(_folder.Path, _alarms.Add);

    private void Execute(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={_folder.File("meridian.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static Override Drain(string target)
    {
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));
        return new Override(parsed, OverrideState.Drain, "me", "maintenance", Now, Now.AddHours(1));
    }

    private static RecordOwner Owner(DateTimeOffset heardAt) => new("external-dns", "hanoi", TimeSpan.FromMinutes(10),
        heardAt,
        [
            new ClientRecord
            {
                DnsName = "app.example.org",
                RecordType = "A",
                Targets = ["10.0.0.1", "10.0.0.2"],
                RecordTtl = 60,
            },
        ]);
}
