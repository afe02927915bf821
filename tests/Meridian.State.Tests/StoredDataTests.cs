using Meridian.Model.History;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Meridian.State.Sqlite;
using Meridian.State.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Meridian.State.Tests;

/// <summary>All that must outlive the process, written by one store and read by the next.</summary>
public sealed class StoredDataTests : StoreFixture
{
    private static readonly ProbeKey Key = new("web", "10.0.0.1", 80, "app.example.org");

    [Fact]
    public async Task Overrides_come_back_oldest_first_and_the_latest_of_a_target_counts()
    {
        var site = Drain("site/hanoi", Now.AddMinutes(2), expires: Now.AddHours(1));
        var pool = Drain("pool/a", Now);
        await using (var store = Open())
        {
            _ = store.Overrides.SaveAsync(Drain("site/hanoi", Now.AddMinutes(1)));
            _ = store.Overrides.SaveAsync(site);
            _ = store.Overrides.SaveAsync(pool);
        }

        // And no log that waits to be written into it.
        Assert.Equal([DatabaseFile], Directory.GetFiles(Folder, "meridian.db*"));
        await using var again = Open();
        Assert.Equal([pool, site], again.Overrides.Read());
        Assert.Empty(Alarms);
    }

    [Fact]
    public async Task An_override_that_is_deleted_is_gone_and_others_stay()
    {
        await using (var store = Open())
        {
            _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
            _ = store.Overrides.SaveAsync(Drain("pool/b", Now));
            _ = store.Overrides.DeleteAsync(Target("pool/a"));
        }

        await using var again = Open();
        Assert.Equal("pool/b", Assert.Single(again.Overrides.Read()).Target.Text);
    }

    [Fact]
    public async Task The_last_verdict_of_a_target_comes_back()
    {
        var down = new Verdict(VerdictState.Down, Now, "http: 503");
        await using (var store = Open())
        {
            store.Verdicts.Save(Key, new Verdict(VerdictState.Up, Now.AddDays(-1), "http: 200"));
            store.Verdicts.Save(Key, down);
        }

        await using var again = Open();
        Assert.Equal([new KeyValuePair<ProbeKey, Verdict>(Key, down)], again.Verdicts.Read());
    }

    [Theory]
    [InlineData("other", "10.0.0.1", 80, "app.example.org")]
    [InlineData("web", "10.0.0.2", 80, "app.example.org")]
    [InlineData("web", "10.0.0.1", 81, "app.example.org")]
    [InlineData("web", "10.0.0.1", 80, "other.example.org")]
    public async Task Targets_that_differ_in_one_part_of_their_key_have_verdicts_of_their_own(string check,
        string target, int port, string host)
    {
        await using (var store = Open())
        {
            store.Verdicts.Save(Key, new Verdict(VerdictState.Up, Now, ""));
            store.Verdicts.Save(new ProbeKey(check, target, port, host), new Verdict(VerdictState.Down, Now, ""));
        }

        await using var again = Open();
        Assert.Equal(2, again.Verdicts.Read().Count);
        Assert.Equal(VerdictState.Up, again.Verdicts.Read()[Key].State);
    }

    [Fact]
    public async Task Events_come_back_newest_first_and_as_many_as_are_asked_for()
    {
        await using (var store = Open())
        {
            for (var i = 1; i <= 3; i++)
                store.Events.Append(new HistoryEvent(Now.AddSeconds(i), "pool", "p", $"event {i}"));
        }

        await using var again = Open();
        Assert.Equal(["event 3", "event 2"], again.Events.Read(2).Select(e => e.Message));
        Assert.Equal(new HistoryEvent(Now.AddSeconds(3), "pool", "p", "event 3"), again.Events.Read(1)[0]);
    }

    [Fact]
    public async Task Nobody_else_can_read_the_database_whatever_the_umask_is()
    {
        await using var store = Open();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DatabaseFile));
    }

    [Fact]
    public async Task An_event_comes_back_with_what_it_is_about()
    {
        var told = new HistoryEvent(Now, "pool", "p", "pool p is removed")
        {
            Endpoint = "e",
            Pool = "p",
            Site = "hanoi",
            Address = "10.0.0.1",
            From = "Up",
            To = "Down",
            Cause = "http: 503",
        };
        await using (var store = Open())
            store.Events.Append(told);

        await using var again = Open();
        Assert.Equal(told, Assert.Single(again.Events.Read(10)));
    }

    [Fact]
    public async Task Events_of_an_earlier_version_come_back()
    {
        await using (var store = Open())
            store.Events.Append(new HistoryEvent(Now, "pool", "p", "event"));
        using (var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE events DROP COLUMN details";
            command.ExecuteNonQuery();
        }

        await using var again = Open();
        Assert.Equal(new HistoryEvent(Now, "pool", "p", "event"), Assert.Single(again.Events.Read(10)));
    }

    [Fact]
    public async Task Only_the_latest_events_are_kept()
    {
        await using (var store = Open())
        {
            for (var i = 1; i <= SqliteEventStore.MaxEvents + 2; i++)
                store.Events.Append(new HistoryEvent(Now, "pool", "p", $"event {i}"));
        }

        await using var again = Open();
        var events = again.Events.Read(int.MaxValue);
        Assert.Equal(SqliteEventStore.MaxEvents, events.Length);
        Assert.Equal("event 3", events[^1].Message);
    }

    [Fact]
    public async Task A_transferred_zone_comes_back_as_of_its_last_check()
    {
        await using (var store = Open())
        {
            store.Zones.SaveZone(new StoredZone("example.org.", Now, [1, 2, 3]));
            store.Zones.SaveChecked("example.org.", Now.AddDays(3));
            store.Zones.SaveChecked("example.net.", Now); // never transferred: nothing to check
        }

        await using var again = Open();
        var zone = Assert.Single(again.Zones.ReadZones());
        Assert.Equal(("example.org.", Now.AddDays(3)), (zone.Origin, zone.CheckedAt));
        Assert.Equal([1, 2, 3], zone.Records);
    }

    [Fact]
    public async Task The_last_serial_of_each_zone_comes_back()
    {
        await using (var store = Open())
        {
            store.Zones.SaveSerial("example.org.", 1);
            store.Zones.SaveSerial("example.net.", uint.MaxValue);
            store.Zones.SaveSerial("example.org.", 2);
        }

        await using var again = Open();
        Assert.Equal([("example.net.", uint.MaxValue), ("example.org.", 2u)],
            again.Zones.ReadSerials().Select(s => (s.Key, s.Value)).Order());
    }

    [Fact]
    public async Task A_record_set_is_replaced_by_its_next_version_alone()
    {
        await using (var store = Open())
        {
            _ = store.Zones.SaveRecordSetsAsync([new StoredRecordSet("example.org.", "www.example.org.", 1, [4])]);
            _ = store.Zones.SaveRecordSetsAsync([new StoredRecordSet("example.org.", "www.example.org.", 28, [6])]);
            _ = store.Zones.SaveRecordSetsAsync([new StoredRecordSet("example.org.", "www.example.org.", 1, [5])]);
        }

        await using var again = Open();
        Assert.Equal(
            [("example.org.", "www.example.org.", 1, (byte)5), ("example.org.", "www.example.org.", 28, (byte)6)],
            again.Zones.ReadRecordSets().OrderBy(r => r.Type)
                .Select(r => (r.Zone, r.Owner, r.Type, Assert.Single(r.Records))));
    }

    [Fact]
    public async Task Records_of_a_client_come_back_as_they_were_last_written()
    {
        var record = new ClientRecord { DnsName = "app.example.org", RecordType = "A", Targets = ["10.0.0.1"] };
        var owner = new RecordOwner("agent of hk", "hongkong", TimeSpan.FromMinutes(10), Now, [record]);
        await using (var store = Open())
        {
            _ = store.Records.SaveAsync(owner with { Records = [] });
            _ = store.Records.SaveAsync(owner);
        }

        await using var again = Open();
        var found = Assert.Single(again.Records.Read());
        Assert.Equal((owner.Id, owner.Site, owner.Lease, owner.HeardAt),
            (found.Id, found.Site, found.Lease, found.HeardAt));
        Assert.Equal(("app.example.org", "A", "10.0.0.1"),
            (found.Records[0].DnsName, found.Records[0].RecordType, found.Records[0].Targets[0]));
    }

    [Fact]
    public async Task An_enrollment_code_stands_until_it_is_deleted()
    {
        await using (var store = Open())
        {
            _ = store.Enrollments.SaveAsync(new StoredEnrollment("digest-1", "lab", Now.AddHours(1)));
            _ = store.Enrollments.SaveAsync(new StoredEnrollment("digest-2", "spare", Now.AddHours(2)));
            _ = store.Enrollments.DeleteAsync("digest-1");
        }

        await using var again = Open();
        Assert.Equal([new StoredEnrollment("digest-2", "spare", Now.AddHours(2))], again.Enrollments.Read());
    }

    [Fact]
    public async Task Ten_thousand_writes_at_once_are_queued_and_all_written()
    {
        await using (var store = Open())
        {
            for (var i = 0; i < 10_000; i++)
                store.Verdicts.Save(Key with { Target = $"10.0.{i >> 8}.{i & 255}" },
                    new Verdict(VerdictState.Down, Now, "connect: refused"));
        }

        await using var again = Open();
        Assert.Equal(10_000, again.Verdicts.Read().Count);
    }
}
