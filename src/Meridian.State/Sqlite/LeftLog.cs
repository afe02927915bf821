using System.Text;
using Meridian.Files;
using Microsoft.Data.Sqlite;

namespace Meridian.State.Sqlite;

/// <summary>
/// The log that a node leaves behind when it ends without a word. SQLite would apply it to whatever file is beside it,
/// and make one database of two: a log whose database is gone is set aside.
/// </summary>
internal static class LeftLog
{
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("SQLite format 3\0");

    public static bool IsThere(string database) => SizeOf(database) > 0;

    public static long SizeOf(string database) =>
        new FileInfo(LogOf(database)) is { Exists: true } log ? log.Length : 0;

    /// <summary>Sets the log aside where the database is not the one that was remembered.</summary>
    public static void SetAsideOfAnother(string database, string? remembered)
    {
        if (remembered is not null && IsThere(database) && IsAnother(database, remembered))
            SetAside(database);
    }

    /// <summary>Sets the log aside; there must be no connection to the database.</summary>
    public static void SetAside(string database)
    {
        var log = LogOf(database);
        if (!IsThere(database))
            return;
        File.Move(log, $"{log}.left-{new DateTimeOffset(FileVersion.WrittenAt(log)).ToUnixTimeSeconds()}", true);
        File.Delete(database + "-shm");
    }

    // What cannot be read may be half of a checkpoint, which the log mends.
    private static bool IsAnother(string database, string remembered)
    {
        using (var file = File.OpenHandle(database))
        {
            Span<byte> start = stackalloc byte[Magic.Length];
            if (!start[..RandomAccess.Read(file, start, 0)].SequenceEqual(Magic))
                return true;
        }

        try
        {
            using var connection = StateConnection.OpenUnchanging(database);
            return StateConnection.IdOf(connection) != remembered;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static string LogOf(string database) => database + "-wal";
}
