using Meridian.State.Sqlite;
using Meridian.State.Tests.Support;

namespace Meridian.State.Tests.Sqlite;

/// <summary>A log whose database is gone is applied to no other, and is not lost.</summary>
public sealed class LeftLogTests : StoreFixture
{
    private string Log => DatabaseFile + "-wal";

    private string[] Aside => Directory.GetFiles(Folder, "*.left-*");

    [Theory]
    [InlineData("")]
    [InlineData("no database at all")]
    public void The_log_beside_a_file_that_is_no_database_is_set_aside(string content)
    {
        File.WriteAllText(DatabaseFile, content);
        File.WriteAllText(Log, "a log");

        LeftLog.SetAsideOfAnother(DatabaseFile, "the one before");

        Assert.False(LeftLog.IsThere(DatabaseFile));
        Assert.Equal("a log", File.ReadAllText(Assert.Single(Aside)));
    }

    [Fact]
    public void The_log_of_a_folder_that_remembers_no_database_stays()
    {
        File.WriteAllText(DatabaseFile, "");
        File.WriteAllText(Log, "a log");

        LeftLog.SetAsideOfAnother(DatabaseFile, null);

        Assert.True(LeftLog.IsThere(DatabaseFile));
        Assert.Empty(Aside);
    }

    [Fact]
    public void A_log_that_is_set_aside_in_the_second_of_another_takes_its_place()
    {
        foreach (var content in new[] { "one", "two" })
        {
            File.WriteAllText(Log, content);
            File.SetLastWriteTimeUtc(Log, Now.UtcDateTime);
            LeftLog.SetAside(DatabaseFile);
        }

        Assert.Equal("two", File.ReadAllText(Assert.Single(Aside)));
    }
}
