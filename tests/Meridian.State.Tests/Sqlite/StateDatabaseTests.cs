using Meridian.State.Sqlite;
using Meridian.State.Tests.Support;

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
}
