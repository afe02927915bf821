using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Meridian.Model.History;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Microsoft.Data.Sqlite;

namespace Meridian.State;

/// <summary>
/// What must outlive a process: overrides, last verdicts and history, in one SQLite file (WAL). Reads happen at
/// start-up; writes are queued and written by one loop, many in a transaction, so that a slow or hanging disk delays
/// nobody. A store that cannot be read or written is said in <see cref="Fault"/> and costs memory only: answers go on.
/// </summary>
public sealed class StateStore : IAsyncDisposable
{
    /// <summary>Events that are kept.</summary>
    public const int MaxEvents = 10_000;

    /// <summary>
    /// Writes that may wait; beyond that the disk has stood still for long, and new ones are lost and said so.
    /// </summary>
    public const int MaxQueued = 100_000;

    private const int MaxBatch = 1000;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<Statement> _writes = Channel.CreateBounded<Statement>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Action<string> _alarm;
    private SqliteConnection? _connection;
    private Task _writing = Task.CompletedTask;
    private volatile string? _fault;

    private StateStore(Action<string> alarm) => _alarm = alarm;

    /// <summary>What is wrong with the store, or null.</summary>
    public string? Fault => _fault;

    /// <summary>
    /// Opens <c>meridian.db</c> in the folder, making both as needed. A damaged file is set aside, never deleted.
    /// </summary>
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

    /// <summary>Starts to write. What is to be read is read before.</summary>
    public void Start() => _writing = Task.Run(WriteAsync);

    /// <summary>Waits until all that is queued now is written, or the limit has passed; false for the latter.</summary>
    public async Task<bool> FlushAsync(TimeSpan limit)
    {
        if (_connection is null)
            return false;
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_writes.Writer.TryWrite(new Statement("", [], written)))
            return false;
        return await Task.WhenAny(written.Task, Task.Delay(limit)) == written.Task;
    }

    public ImmutableArray<Override> ReadOverrides() =>
        Read("SELECT target, state, author, reason, created, expires FROM overrides ORDER BY created",
        row => OverrideTarget.TryParse(row.GetString(0), out var target, out _)
            && Enum.TryParse<OverrideState>(row.GetString(1), out var state)
            ? new Override(target, state, row.GetString(2), row.GetString(3), Time(row.GetInt64(4)),
                row.IsDBNull(5) ? null : Time(row.GetInt64(5)))
            : null);

    public void SaveOverride(Override word) => Write(
        "INSERT OR REPLACE INTO overrides (target, state, author, reason, created, expires) VALUES ($target, $state, $author, $reason, $created, $expires)",
        ("$target", word.Target.Text), ("$state", word.State.ToString()), ("$author", word.Author),
        ("$reason", word.Reason),
        ("$created", word.Created.ToUnixTimeMilliseconds()), ("$expires", word.Expires?.ToUnixTimeMilliseconds()));

    public void DeleteOverride(OverrideTarget target) =>
        Write("DELETE FROM overrides WHERE target = $target", ("$target", target.Text));

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
        ("$state", verdict.State.ToString()), ("$since", verdict.Since.ToUnixTimeMilliseconds()),
        ("$reason", verdict.Reason));

    /// <summary>The latest events, the newest first.</summary>
    public ImmutableArray<HistoryEvent> ReadEvents(int count) => Read(
        $"SELECT at, kind, subject, message FROM events ORDER BY id DESC LIMIT {count.ToString(CultureInfo.InvariantCulture)}",
        row => new HistoryEvent(Time(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3)));

    public void AddEvent(HistoryEvent happened) => Write(
        $"INSERT INTO events (at, kind, subject, message) VALUES ($at, $kind, $subject, $message); " +
        $"DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - {MaxEvents}",
        ("$at", happened.At.ToUnixTimeMilliseconds()), ("$kind", happened.Kind), ("$subject", happened.Subject),
        ("$message", happened.Message));

    /// <summary>
    /// Zones that were transferred: origin, when they were last known to be current, and their records as octets.
    /// </summary>
    public ImmutableArray<(string Origin, DateTimeOffset CheckedAt, byte[] Records)> ReadZones() => Read(
        "SELECT origin, checked, records FROM zones", row =>
        ((string, DateTimeOffset, byte[])?)(row.GetString(0), Time(row.GetInt64(1)), row.GetFieldValue<byte[]>(2)))
        .Select(z => z!.Value).ToImmutableArray();

    public void SaveZone(string origin, DateTimeOffset checkedAt, byte[] records) => Write(
        "INSERT OR REPLACE INTO zones (origin, checked, records) VALUES ($origin, $checked, $records)",
        ("$origin", origin), ("$checked", checkedAt.ToUnixTimeMilliseconds()), ("$records", records));

    /// <summary>A primary has said again that a zone is current.</summary>
    public void SaveZoneChecked(string origin, DateTimeOffset checkedAt) => Write(
        "UPDATE zones SET checked = $checked WHERE origin = $origin", ("$origin", origin),
        ("$checked", checkedAt.ToUnixTimeMilliseconds()));

    /// <summary>
    /// Record sets that dynamic updates have changed: zone, owner, type, and their records as octets.
    /// </summary>
    public ImmutableArray<(string Zone, string Owner, int Type, byte[] Records)> ReadRecordSets() => Read(
        "SELECT zone, owner, type, records FROM record_sets",
        row => ((string, string, int, byte[])?)(row.GetString(0), row.GetString(1), row.GetInt32(2),
            row.GetFieldValue<byte[]>(3)))
        .Select(r => r!.Value).ToImmutableArray();

    public void SaveRecordSet(string zone, string owner, int type, byte[] records) => Write(
        "INSERT OR REPLACE INTO record_sets (zone, owner, type, records) VALUES ($zone, $owner, $type, $records)",
        ("$zone", zone), ("$owner", owner), ("$type", type), ("$records", records));

    /// <summary>Clients with records, and what they wrote.</summary>
    public ImmutableArray<RecordOwner> ReadRecordOwners() => Read("SELECT owner FROM record_owners",
        row => JsonSerializer.Deserialize<RecordOwner>(row.GetString(0)));

    /// <summary>
    /// Keeps a client's records: all of them in one row, so that a batch is kept whole or not at all.
    /// </summary>
    public void SaveRecordOwner(RecordOwner owner) =>
        Write("INSERT OR REPLACE INTO record_owners (id, owner) VALUES ($id, $owner)",
        ("$id", owner.Id), ("$owner", JsonSerializer.Serialize(owner)));

    /// <summary>Codes that agents can be enrolled with, by the digest of their secret.</summary>
    public ImmutableArray<(string Digest, string Agent, DateTimeOffset Expires)> ReadEnrollments() =>
        Read("SELECT digest, agent, expires FROM enrollments",
        row => ((string, string, DateTimeOffset)?)(row.GetString(0), row.GetString(1),
            DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(2))))
        .Select(r => r!.Value).ToImmutableArray();

    public void SaveEnrollment(string digest, string agent, DateTimeOffset expires) => Write(
        "INSERT OR REPLACE INTO enrollments (digest, agent, expires) VALUES ($digest, $agent, $expires)",
        ("$digest", digest), ("$agent", agent), ("$expires", expires.ToUnixTimeSeconds()));

    public void DeleteEnrollment(string digest) =>
        Write("DELETE FROM enrollments WHERE digest = $digest", ("$digest", digest));

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(StopLimit));
        if (_writing.IsCompleted)
            _connection?.Dispose();
    }

    private static SqliteConnection Connect(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = false,
            DefaultTimeout = 2,
        }.ToString());
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
                CREATE TABLE IF NOT EXISTS zones (origin TEXT PRIMARY KEY, checked INTEGER NOT NULL, records BLOB NOT NULL);
                CREATE TABLE IF NOT EXISTS record_sets (
                    zone TEXT NOT NULL, owner TEXT NOT NULL, type INTEGER NOT NULL, records BLOB NOT NULL, PRIMARY KEY (zone, owner, type));
                CREATE TABLE IF NOT EXISTS record_owners (id TEXT PRIMARY KEY, owner TEXT NOT NULL);
                CREATE TABLE IF NOT EXISTS enrollments (digest TEXT PRIMARY KEY, agent TEXT NOT NULL, expires INTEGER NOT NULL);
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
        catch (Exception e) when (e is SqliteException or InvalidOperationException or InvalidCastException
            or JsonException)
        {
            Fail($"state store cannot be read: {e.Message}");
        }

        return rows.ToImmutable();
    }

    private void Write(string sql, params (string Name, object? Value)[] parameters)
    {
        if (_connection is not null && !_writes.Writer.TryWrite(new Statement(sql, parameters, null)))
            Fail($"state store: {MaxQueued} writes are waiting for the disk; newer ones are lost");
    }

    private async Task WriteAsync()
    {
        var batch = new List<Statement>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _writes.Reader.TryRead(out var statement))
                batch.Add(statement);
            WriteBatch(batch);
            foreach (var statement in batch)
                statement.Written?.TrySetResult();
            batch.Clear();
        }
    }

    private void WriteBatch(List<Statement> batch)
    {
        try
        {
            using var transaction = _connection!.BeginTransaction();
            foreach (var statement in batch.Where(s => s.Sql.Length > 0))
            {
                using var command = _connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = statement.Sql;
                foreach (var (name, value) in statement.Parameters)
                    command.Parameters.AddWithValue(name, value ?? DBNull.Value);
                command.ExecuteNonQuery();
            }

            transaction.Commit();
            _fault = null;
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            Fail($"state store cannot be written: {e.Message}");
        }
    }

    private void Fail(string fault)
    {
        if (_fault != fault)
            _alarm(fault);
        _fault = fault;
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>A write that waits; an empty one only tells when it is its turn.</summary>
    private sealed record Statement(string Sql, (string Name, object? Value)[] Parameters,
        TaskCompletionSource? Written);
}
