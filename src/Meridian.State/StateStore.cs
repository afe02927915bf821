using System.Collections.Immutable;
using System.Globalization;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Microsoft.Data.Sqlite;

namespace Meridian.State;

/// <summary>
/// What must outlive a process: overrides, last verdicts and history, in one SQLite file (WAL). A store that cannot be
/// read or written is said in <see cref="Fault"/> and costs memory only: answers go on.
/// </summary>
public sealed class StateStore : IDisposable
{
    /// <summary>Events that are kept.</summary>
    public const int MaxEvents = 10_000;

    private readonly Lock _lock = new();
    private readonly Action<string> _alarm;
    private SqliteConnection? _connection;

    private StateStore(Action<string> alarm) => _alarm = alarm;

    /// <summary>What is wrong with the store, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Opens <c>meridian.db</c> in the folder, making both as needed. A damaged file is set aside, never deleted.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="alarm">Is told of every new fault.</param>
    public static StateStore Open(string folder, Action<string> alarm)
    {
        var store = new StateStore(alarm);
        var file = Path.Combine(folder, "meridian.db");
        try
        {
            Directory.CreateDirectory(folder);
            store._connection = Connect(file);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            store.StartAnew(file, e);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            store.Fail($"state store {file} cannot be opened: {e.Message}; overrides and history are kept in memory only");
        }

        return store;
    }

    public ImmutableArray<Override> ReadOverrides() => Read("SELECT target, state, author, reason, created, expires FROM overrides ORDER BY created",
        row => OverrideTarget.TryParse(row.GetString(0), out var target, out _) && Enum.TryParse<OverrideState>(row.GetString(1), out var state)
            ? new Override(target, state, row.GetString(2), row.GetString(3), Time(row.GetInt64(4)), row.IsDBNull(5) ? null : Time(row.GetInt64(5)))
            : null);

    public void SaveOverride(Override word) => Write(
        "INSERT OR REPLACE INTO overrides (target, state, author, reason, created, expires) VALUES ($target, $state, $author, $reason, $created, $expires)",
        ("$target", word.Target.Text), ("$state", word.State.ToString()), ("$author", word.Author), ("$reason", word.Reason),
        ("$created", word.Created.ToUnixTimeMilliseconds()), ("$expires", word.Expires?.ToUnixTimeMilliseconds()));

    public void DeleteOverride(OverrideTarget target) => Write("DELETE FROM overrides WHERE target = $target", ("$target", target.Text));

    public IReadOnlyDictionary<ProbeKey, Verdict> ReadVerdicts() => Read(
        "SELECT check_name, target, port, host, state, since, reason FROM verdicts",
        row => Enum.TryParse<VerdictState>(row.GetString(4), out var state)
            ? new KeyValuePair<ProbeKey, Verdict>?(new(
                new ProbeKey(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3)),
                new Verdict(state, Time(row.GetInt64(5)), row.GetString(6))))
            : null).Select(p => p!.Value).ToDictionary();

    public void SaveVerdict(ProbeKey key, Verdict verdict) => Write(
        "INSERT OR REPLACE INTO verdicts (check_name, target, port, host, state, since, reason) VALUES ($check, $target, $port, $host, $state, $since, $reason)",
        ("$check", key.Check), ("$target", key.Target), ("$port", key.Port), ("$host", key.Host),
        ("$state", verdict.State.ToString()), ("$since", verdict.Since.ToUnixTimeMilliseconds()), ("$reason", verdict.Reason));

    /// <summary>The latest events, the newest first.</summary>
    public ImmutableArray<HistoryEvent> ReadEvents(int count) => Read(
        $"SELECT at, kind, subject, message FROM events ORDER BY id DESC LIMIT {count.ToString(CultureInfo.InvariantCulture)}",
        row => new HistoryEvent(Time(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3)));

    public void AddEvent(HistoryEvent happened) => Write(
        $"INSERT INTO events (at, kind, subject, message) VALUES ($at, $kind, $subject, $message); " +
        $"DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - {MaxEvents}",
        ("$at", happened.At.ToUnixTimeMilliseconds()), ("$kind", happened.Kind), ("$subject", happened.Subject), ("$message", happened.Message));

    public void Dispose()
    {
        lock (_lock)
        {
            _connection?.Dispose();
            _connection = null;
        }
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 2 }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                CREATE TABLE IF NOT EXISTS overrides (
                    target TEXT PRIMARY KEY, state TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
                    created INTEGER NOT NULL, expires INTEGER);
                CREATE TABLE IF NOT EXISTS verdicts (
                    check_name TEXT NOT NULL, target TEXT NOT NULL, port INTEGER NOT NULL, host TEXT NOT NULL,
                    state TEXT NOT NULL, since INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (check_name, target, port, host));
                CREATE TABLE IF NOT EXISTS events (
                    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, message TEXT NOT NULL);
                """;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void StartAnew(string file, SqliteException cause)
    {
        var aside = $"{file}.damaged-{new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeSeconds()}";
        try
        {
            File.Move(file, aside, overwrite: true);
            _connection = Connect(file);
            Fail($"state store {file} is damaged ({cause.Message}); it was set aside as {aside} and a new one begun: overrides that stood in it are gone");
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            Fail($"state store {file} is damaged and cannot be replaced: {e.Message}; overrides and history are kept in memory only");
        }
    }

    private ImmutableArray<T> Read<T>(string sql, Func<SqliteDataReader, T?> row)
    {
        var rows = ImmutableArray.CreateBuilder<T>();
        lock (_lock)
        {
            try
            {
                if (_connection is null)
                    return [];
                using var command = _connection.CreateCommand();
                command.CommandText = sql;
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    if (row(reader) is { } value)
                        rows.Add(value);
                }
            }
            catch (Exception e) when (e is SqliteException or InvalidOperationException or InvalidCastException)
            {
                Fail($"state store cannot be read: {e.Message}");
            }
        }

        return rows.ToImmutable();
    }

    private void Write(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        lock (_lock)
        {
            try
            {
                if (_connection is null)
                    return;
                using var command = _connection.CreateCommand();
                command.CommandText = sql;
                foreach (var (name, value) in parameters)
                    command.Parameters.AddWithValue(name, value ?? DBNull.Value);
                command.ExecuteNonQuery();
                Fault = null;
            }
            catch (Exception e) when (e is SqliteException or InvalidOperationException)
            {
                Fail($"state store cannot be written: {e.Message}");
            }
        }
    }

    private void Fail(string fault)
    {
        if (Fault != fault)
            _alarm(fault);
        Fault = fault;
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
