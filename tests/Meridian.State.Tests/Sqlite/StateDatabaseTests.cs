using Meridian.State.Sqlite;
using Meridian.State.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Meridian.State.Tests.Sqlite;

public sealed class StateDatabaseTests : StoreFixture
{
    private const int Normal = 1;
    private const int Full = 2;

    [Fact]
    public void What_must_survive_a_power_cut_is_synced_and_what_is_found_out_again_is_not()
    {
        using var database = StateDatabase.Open(Folder, new FaultReport(_ => { }));
        Statement[] statements = [new("DELETE FROM events")];

        foreach (var (durable, expected) in new[] { (false, Normal), (true, Full), (false, Normal) })
        {
            Assert.Null(database.Write(statements, durable).Fault);
            var synchronous = -1;
            database.Read("PRAGMA synchronous", row => synchronous = row.GetInt32(0));
            Assert.Equal(expected, synchronous);
        }
    }

    [Fact]
    public void What_the_disk_refuses_may_be_tried_again_and_what_the_statement_is_to_blame_for_may_not()
    {
        // PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB
        int[] disk = [3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26];
        Assert.Equal(disk, Enumerable.Range(1, 28).Where(code =>
            StateDatabase.IsOfTheDisk(new SqliteException("refused", code))));
        Assert.False(StateDatabase.IsOfTheDisk(new InvalidOperationException("refused")));
    }

    [Fact]
    public void A_folder_whose_database_cannot_be_opened_is_free_again()
    {
        Directory.CreateDirectory(DatabaseFile);
        var fault = new FaultReport(_ => { });
        using (StateDatabase.Open(Folder, fault))
        {
            Assert.Contains("cannot be opened", fault.Current, StringComparison.Ordinal);
            Directory.Delete(DatabaseFile);
            using var second = StateDatabase.Open(Folder, new FaultReport(_ => { }));
            Assert.Null(second.WriteRefusal);
        }
    }
}
