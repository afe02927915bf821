using Meridian.Files;
using Microsoft.Data.Sqlite;

namespace Meridian.State.Sqlite;

/// <summary>Connections to the database's file.</summary>
internal static class StateConnection
{
    /// <summary>Opens the file to write, and brings its tables up to date.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is not sound.</exception>
    public static SqliteConnection Open(string file)
    {
        // A log of another state of this file, such as a backup that was put back, makes a file that is neither.
        var isToBeChecked = LeftLog.IsThere(file);
        return Open(file, SqliteOpenMode.ReadWriteCreate, connection =>
        {
            // Only the node itself makes a checkpoint, so that it knows which changes of the file are its own.
            Execute(connection, "PRAGMA wal_autocheckpoint = 0");
            if (isToBeChecked && (string)Ask(connection, "PRAGMA quick_check(1)") is not "ok" and var fault)
                throw new SqliteException(fault, 11); // SQLITE_CORRUPT
            Execute(connection, StateSchema.Sql);
            AddColumns(connection);
        });
    }

    /// <summary>Opens the file to read it; it may belong to a running node.</summary>
    /// <param name="file">The file, or a URI of it.</param>
    /// <exception cref="SqliteException">It cannot be opened, or is no database.</exception>
    public static SqliteConnection OpenToRead(string file) => Open(file, SqliteOpenMode.ReadOnly,
        connection => Ask(connection, "SELECT count(*) FROM sqlite_schema")); // opens the file in fact

    /// <summary>Opens the file without its log, as if nobody could write to it.</summary>
    /// <inheritdoc cref="OpenToRead"/>
    public static SqliteConnection OpenUnchanging(string file) =>
        OpenToRead(new Uri(Path.GetFullPath(file)) + "?immutable=1");

    // From a disk that is read-only what was acknowledged is served still. SQLite wants to make files beside one that
    // was closed, unless it is told that nobody writes; what an end without a word left in its log it needs to read.
    public static SqliteConnection? TryOpenToRead(string file)
    {
        try
        {
            return !File.Exists(file) ? null : LeftLog.IsThere(file) ? OpenToRead(file) : OpenUnchanging(file);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Which database it is.</summary>
    public static string IdOf(SqliteConnection connection) => (string)Ask(connection, "SELECT id FROM store");

    // Whatever the umask is, nobody else reads a new one. SQLite gives its log the mode of the database.
    public static void CreatePrivate(string file)
    {
        using var created = new FileStream(file, NewFile.Options(FileMode.OpenOrCreate, NewFile.ForOwner));
    }

    // What is committed is on disk in any case; where the disk is full the log grows until there is room.
    public static void Checkpoint(SqliteConnection connection)
    {
        try
        {
            Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
        }
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode, Action<SqliteConnection> begin)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 2,
        }.ToString());
        try
        {
            connection.Open();
            begin(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void AddColumns(SqliteConnection connection)
    {
        foreach (var (table, column, sql) in StateSchema.Added)
        {
            var has = $"SELECT count(*) FROM pragma_table_info('{table}') WHERE name = '{column}'";
            if ((long)Ask(connection, has) == 0)
                Execute(connection, sql);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }
}
