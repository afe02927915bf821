using Meridian.Files;
using Microsoft.Data.Sqlite;

namespace Meridian.State.Sqlite;

/// <summary>The SQLite file (WAL): opening it, reading rows, and writing a transaction.</summary>
internal sealed class StateDatabase : IDisposable
{
    private const string InMemoryOnly = "overrides and history are kept in memory only";

    // A connection serves one thread at a time: start-up reads and the write queue's loop take turns.
    private readonly Lock _lock = new();
    private readonly FaultReport _fault;
    private readonly SqliteConnection? _connection;
    private readonly HeldFolder? _folder;
    private readonly FileIdentity? _file;

    private StateDatabase(
        SqliteConnection? connection, FaultReport fault, HeldFolder? folder = null, string? refusal = null)
    {
        _connection = connection;
        _fault = fault;
        _folder = folder;
        _file = folder is null ? null : FileIdentity.Of(folder.Database);
        WriteRefusal = connection is null ? fault.Current : refusal;
    }

    /// <summary>Why this database never takes a write; null where it does.</summary>
    public string? WriteRefusal { get; }

    /// <summary>
    /// Opens the file in a folder, creating both as needed. A damaged file is set aside; that, and a file that was
    /// there and is not any more, is a loss that is told until a person has seen it.
    /// </summary>
    /// <exception cref="StateFolderHeldException">Another process has the folder.</exception>
    public static StateDatabase Open(string path, FaultReport fault)
    {
        var folder = new HeldFolder(path);
        try
        {
            folder.Hold();
            CreatePrivate(folder.Database);
            var connection = Connect(folder, fault);
            Compare(connection, folder);
            if (folder.Loss() is { } loss)
                fault.RaiseLoss(loss);
            return new StateDatabase(connection, fault, folder);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            if (ConnectToRead(folder.Database) is { } connection)
            {
                var refusal = fault.Raise($"state store {folder.Database} can be read and not written: {e.Message}; "
                    + "what it holds is in force, and nothing new is stored until the node is restarted");
                return new StateDatabase(connection, fault, refusal: refusal);
            }

            fault.Raise($"state store {folder.Database} cannot be opened: {e.Message}; {InMemoryOnly}");
            return new StateDatabase(null, fault);
        }
    }

    /// <summary>Opens the file in a folder to read it; it may belong to a running node.</summary>
    public static StateDatabase OpenReadOnly(string folder, FaultReport fault)
    {
        var file = new HeldFolder(folder).Database;
        try
        {
            if (File.Exists(file))
                return new StateDatabase(Connect(file, SqliteOpenMode.ReadOnly), fault,
                    refusal: $"{file} is open read-only");
            fault.Raise($"there is no state store {file}");
        }
        catch (SqliteException e)
        {
            fault.Raise($"state store {file} cannot be opened: {e.Message}");
        }

        return new StateDatabase(null, fault);
    }

    /// <summary>Calls back with every row of a query. A row that cannot be read ends it, and is a fault.</summary>
    public void Read(string sql, Action<SqliteDataReader> row)
    {
        if (_connection is null)
            return;
        lock (_lock)
        {
            try
            {
                using var command = _connection.CreateCommand();
                command.CommandText = sql;
                using var reader = command.ExecuteReader();
                while (reader.Read())
                    row(reader);
            }
            catch (Exception e)
            {
                // There is no telling what a damaged file holds: whatever its rows lead to, the node starts without.
                _fault.Raise($"state store cannot be read: {e.Message}");
            }
        }
    }

    /// <summary>Writes statements in one transaction, where there is no <see cref="WriteRefusal"/>.</summary>
    /// <param name="statements">The statements; none of them ends no fault.</param>
    /// <param name="durable">Whether the disk must have them when this returns, so that a power cut loses none.</param>
    public WriteResult Write(IReadOnlyCollection<Statement> statements, bool durable)
    {
        if (statements.Count == 0)
            return default;
        lock (_lock)
        {
            try
            {
                if (Replaced() is { } gone)
                    return new WriteResult(_fault.Raise(gone), true);

                // NORMAL syncs the log at checkpoints alone, which is enough for what the node finds out again itself.
                Execute(new Statement(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
                using var transaction = _connection!.BeginTransaction();
                foreach (var statement in statements)
                    Execute(statement);
                transaction.Commit();
                return Replaced() is { } replaced ? new WriteResult(_fault.Raise(replaced), true) : default;
            }
            catch (Exception e)
            {
                // Whatever is wrong with one batch must not end the loop that writes the next.
                return new WriteResult(_fault.Raise($"state store cannot be written: {e.Message}"), IsOfTheDisk(e));
            }
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _folder?.Dispose();
    }

    // SQLite writes on into a file that was removed or replaced, and at the next start nothing of it is there.
    private string? Replaced() =>
        _folder is null || FileIdentity.Of(_folder.Database) == _file ? null
            : $"state store {_folder.Database} was removed or replaced under the node: nothing is stored until it is "
                + "restarted";

    /// <summary>
    /// Whether it may be different in a moment: a full disk, a lock, a fault of the device
    /// (https://sqlite.org/rescode.html). Anything else is the statement's.
    /// </summary>
    internal static bool IsOfTheDisk(Exception e) => e is SqliteException
    {
        SqliteErrorCode: 3 or 5 or 6 or 7 or 8 or 9 or 10 or 11 or 13 or 14 or 15 or 26,
    };

    private static SqliteConnection Connect(HeldFolder folder, FaultReport fault)
    {
        try
        {
            return Connect(folder.Database, SqliteOpenMode.ReadWriteCreate);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            var file = folder.Database;
            var aside = $"{file}.damaged-{new DateTimeOffset(FileVersion.WrittenAt(file)).ToUnixTimeSeconds()}";
            File.Move(file, aside, overwrite: true);
            var connection = Connect(file, SqliteOpenMode.ReadWriteCreate);
            folder.RecordLoss($"state store {file} was damaged ({e.Message}); it was set aside as {aside} and a new "
                + "one begun: the overrides and records that stood in it are gone");
            folder.Remember(IdOf(connection));
            return connection;
        }
    }

    // Which database it is, so that another one in its place is noticed; a copy that was restored is the same one.
    private static void Compare(SqliteConnection connection, HeldFolder folder)
    {
        var (before, now) = (folder.Remembered(), IdOf(connection));
        if (before is not null && before != now)
            folder.RecordLoss($"state store {folder.Database} is not the one that was here before: it is missing, or "
                + "another one was put in its place, and the overrides and records that stood in it are gone");
        folder.Remember(now);
    }

    // From a disk that is read-only what was acknowledged is served still. SQLite wants to make files beside one that
    // was closed, unless it is opened as immutable; after a crash the log must be read.
    private static SqliteConnection? ConnectToRead(string file)
    {
        var wal = new FileInfo(file + "-wal");
        try
        {
            if (!File.Exists(file))
                return null;
            var unchanging = new Uri(Path.GetFullPath(file)) + "?immutable=1";
            return Connect(wal is { Exists: true, Length: > 0 } ? file : unchanging, SqliteOpenMode.ReadOnly);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string IdOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM store";
        return (string)command.ExecuteScalar()!;
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
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
            using var command = connection.CreateCommand();
            command.CommandText = mode == SqliteOpenMode.ReadOnly
                ? "SELECT count(*) FROM sqlite_schema" // opens the file in fact, and finds out whether it is one
                : StateSchema.Sql;
            command.ExecuteNonQuery();
            if (mode != SqliteOpenMode.ReadOnly)
                AddColumns(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // Whatever the umask is, nobody else reads a new one. SQLite gives its log the mode of the database.
    private static void CreatePrivate(string file)
    {
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(file, how);
    }

    private static void AddColumns(SqliteConnection connection)
    {
        foreach (var (table, column, sql) in StateSchema.Added)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT count(*) FROM pragma_table_info('{table}') WHERE name = '{column}'";
            if ((long)command.ExecuteScalar()! > 0)
                continue;
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private void Execute(Statement statement)
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = statement.Sql;
        foreach (var (name, value) in statement.Parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        command.ExecuteNonQuery();
    }
}
