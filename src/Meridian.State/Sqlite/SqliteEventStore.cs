using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Model.History;

namespace Meridian.State.Sqlite;

internal sealed class SqliteEventStore(StateDatabase database, WriteQueue writes) : IEventStore
{
    /// <summary>Events that are kept; every new one beyond that deletes the oldest.</summary>
    public const int MaxEvents = 10_000;

    private static readonly JsonSerializerOptions DetailsJson =
        new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly string Insert =
        "INSERT INTO events (at, kind, subject, message, details) VALUES ($at, $kind, $subject, $message, $details); "
        + string.Create(CultureInfo.InvariantCulture,
            $"DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - {MaxEvents}");

    public ImmutableArray<HistoryEvent> Read(int count)
    {
        var events = ImmutableArray.CreateBuilder<HistoryEvent>();
        database.Read(
            string.Create(CultureInfo.InvariantCulture,
                $"SELECT at, kind, subject, message, details FROM events ORDER BY id DESC LIMIT {count}"),
            row => events.Add((row.IsDBNull(4) ? new Details() : JsonSerializer.Deserialize<Details>(row.GetString(4))!)
                .With(new HistoryEvent(row.GetTime(0), row.GetString(1), row.GetString(2), row.GetString(3)))));
        return events.ToImmutable();
    }

    public void Append(HistoryEvent entry) => writes.Post(new Statement(Insert,
        ("$at", entry.At.ToUnixTimeMilliseconds()), ("$kind", entry.Kind), ("$subject", entry.Subject),
        ("$message", entry.Message), ("$details", JsonSerializer.Serialize(Details.Part(entry), DetailsJson))));

    private sealed record Details
    {
        public string? Endpoint { get; init; }

        public string? Pool { get; init; }

        public string? Site { get; init; }

        public IReadOnlyList<string>? Endpoints { get; init; }

        public IReadOnlyList<string>? Pools { get; init; }

        public IReadOnlyList<string>? Sites { get; init; }

        public string? Address { get; init; }

        public string? From { get; init; }

        public string? To { get; init; }

        public string? Cause { get; init; }

        public static Details Part(HistoryEvent entry) => new()
        {
            Endpoint = entry.Endpoint,
            Pool = entry.Pool,
            Site = entry.Site,
            Endpoints = entry.Endpoints,
            Pools = entry.Pools,
            Sites = entry.Sites,
            Address = entry.Address,
            From = entry.From,
            To = entry.To,
            Cause = entry.Cause,
        };

        public HistoryEvent With(HistoryEvent entry) => entry with
        {
            Endpoint = Endpoint,
            Pool = Pool,
            Site = Site,
            Endpoints = Endpoints,
            Pools = Pools,
            Sites = Sites,
            Address = Address,
            From = From,
            To = To,
            Cause = Cause,
        };
    }
}
