using Microsoft.Data.Sqlite;

namespace Meridian.State.Sqlite;

/// <summary>Times as the tables hold them: milliseconds since 1970.</summary>
internal static class RowTime
{
    public static DateTimeOffset GetTime(this SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
