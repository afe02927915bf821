using System.Collections.Immutable;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Model.History;
using Meridian.State;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>What has happened on a node: each event goes to the log, to followers and to the store.</summary>
internal sealed class History(IEventStore store, TimeProvider time, ILogger log) : IHistory
{
    private static readonly EventId Recorded = new(102, nameof(Recorded));

    private readonly EventLog _events = new(store.Read(EventLog.Kept));

    public void Record(LogLevel level, string kind, string subject, string message, string? site = null) =>
        Record(level, new HistoryEvent(default, kind, subject, message) { Site = site });

    /// <summary>Records an event, which happens now.</summary>
    public void Record(LogLevel level, HistoryEvent what)
    {
        var entry = what with
        {
            At = time.GetUtcNow(),
            Subject = DisplayText.Escape(what.Subject),
            Message = DisplayText.Escape(what.Message),
            Cause = what.Cause is null ? null : DisplayText.Escape(what.Cause),
        };
        log.Log(level, Recorded, Fields(entry), null, static (fields, _) => $"{fields[0].Value}: {fields[1].Value}");
        _events.Add(entry);
        store.Append(entry);
    }

    /// <summary>The latest events, the newest first.</summary>
    public ImmutableArray<HistoryEvent> Recent(int count) => _events.Recent(count);

    public ImmutableArray<HistoryEvent> Find(HistoryQuery query) =>
        [.. _events.Recent(EventLog.Kept).Where(query.Matches).Take(query.Count)];

    /// <summary>Events as they happen, until cancelled.</summary>
    public IAsyncEnumerable<HistoryEvent> FollowAsync(CancellationToken cancellationToken) =>
        _events.FollowAsync(cancellationToken);

    // The JSON log shows all of them; the text says what people need. A field of several names is one text.
    private static KeyValuePair<string, object?>[] Fields(HistoryEvent entry) =>
    [
        new("Kind", entry.Kind), new("What", entry.Message),
        new("Endpoint", entry.Endpoint ?? Joined(entry.Endpoints)), new("Pool", entry.Pool ?? Joined(entry.Pools)),
        new("Site", entry.Site ?? Joined(entry.Sites)), new("Address", entry.Address), new("From", entry.From),
        new("To", entry.To), new("Cause", entry.Cause), new("{OriginalFormat}", "{Kind}: {What}"),
    ];

    private static string? Joined(IReadOnlyList<string>? names) => names is null ? null : string.Join(", ", names);
}
