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

    private StateDatabase(SqliteConnection? connection, FaultReport fault, string? refusal = null)
    {
        _connection = connection;
        _fault = fault;
        WriteRefusal = connection is null ? fault.Current : refusal;
    }

    /// <summary>Why this database never takes a write; null where it does.</summary>
    public string? WriteRefusal { get; }

    /// <summary>Opens the file in a folder, creating both as needed. A damaged file is set aside.</summary>
    public static StateDatabase Open(string folder, FaultReport fault)
    {
        var file = FileIn(folder);
        try
        {
            Directory.CreateDirectory(folder);
            return new StateDatabase(Connect(file, SqliteOpenMode.ReadWriteCreate), fault);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26) // SQLITE_CORRUPT, SQLITE_NOTADB
        {
            return new StateDatabase(StartAnew(file, e, fault), fault);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            fault.Raise($"state store {file} cannot be opened: {e.Message}; {InMemoryOnly}");
            return new StateDatabase(null, fault);
        }
    }

    /// <summary>Opens the file in a folder to read it; it may belong to a running node.</summary>
    public static StateDatabase OpenReadOnly(string folder, FaultReport fault)
    {
        var file = FileIn(folder);
        try
        {
            if (File.Exists(file))
                return new StateDatabase(Connect(file, SqliteOpenMode.ReadOnly), fault, $"{file} is open read-only");
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
    /// <returns>Null when they are committed; else why none of them is.</returns>
    public string? Write(IReadOnlyCollection<Statement> statements, bool durable)
    {
        if (statements.Count == 0)
            return null;
        lock (_lock)
        {
            try
            {
                // NORMAL syncs the log at checkpoints alone, which is enough for what the node finds out again itself.
                Execute(new Statement(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
                using var transaction = _connection!.BeginTransaction();
                foreach (var statement in statements)
                    Execute(statement);
                transaction.Commit();
                _fault.Clear();
                return null;
            }
            catch (Exception e)
            {
                // Whatever is wrong with one batch must not end the loop that writes the next.
                return _fault.Raise($"state store cannot be written: {e.Message}");
            }
        }
    }

    public void Dispose() => _connection?.Dispose();

    private static string FileIn(string folder) => Path.Combine(folder, "meridian.db");

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
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqliteConnection? StartAnew(string file, SqliteException cause, FaultReport fault)
    {
        var damaged = $"{file}.damaged-{new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeSeconds()}";
        try
        {
            File.Move(file, damaged, overwrite: true);
            var connection = Connect(file, SqliteOpenMode.ReadWriteCreate);
            fault.Raise($"state store {file} is damaged ({cause.Message}); it was set aside as {damaged} and a new one "
                + "begun: overrides that stood in it are gone");
            return connection;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            fault.Raise($"state store {file} is damaged and cannot be replaced: {e.Message}; {InMemoryOnly}");
            return null;
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
