using System.Collections.Immutable;
using System.Globalization;
using Meridian.Model.History;

namespace Meridian.State.Sqlite;

internal sealed class SqliteEventStore(StateDatabase database, WriteQueue writes) : IEventStore
{
    /// <summary>Events that are kept; every new one beyond that deletes the oldest.</summary>
    public const int MaxEvents = 10_000;

    private static readonly string Insert =
        "INSERT INTO events (at, kind, subject, message) VALUES ($at, $kind, $subject, $message); "
        + string.Create(CultureInfo.InvariantCulture,
            $"DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - {MaxEvents}");

    public ImmutableArray<HistoryEvent> Read(int count)
    {
        var events = ImmutableArray.CreateBuilder<HistoryEvent>();
        database.Read(
            string.Create(CultureInfo.InvariantCulture,
                $"SELECT at, kind, subject, message FROM events ORDER BY id DESC LIMIT {count}"),
            row => events.Add(
                new HistoryEvent(row.GetTime(0), row.GetString(1), row.GetString(2), row.GetString(3))));
        return events.ToImmutable();
    }

    public void Append(HistoryEvent entry) => writes.Post(new Statement(Insert,
        ("$at", entry.At.ToUnixTimeMilliseconds()), ("$kind", entry.Kind), ("$subject", entry.Subject),
        ("$message", entry.Message)));
}
