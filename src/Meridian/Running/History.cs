using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Model.History;
using Meridian.Model.Values;
using Meridian.State;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>What has happened on a node: each event goes to the log, to followers and to the store.</summary>
internal sealed partial class History(IEventStore store, TimeProvider time, ILogger log) : IHistory
{
    private readonly EventLog _events = new(store.Read(EventLog.Kept));

    public void Record(LogLevel level, string kind, string subject, string message) =>
        Record(level, new HistoryEvent(default, kind, subject, message));

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
        Recorded(log, level, entry.Kind, entry.Message, entry.Endpoint, entry.Pool, entry.Site, entry.Address,
            entry.From, entry.To, entry.Cause);
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

    // The JSON log shows all of them; the text says what people need.
    [LoggerMessage(EventId = 102, Message = "{Kind}: {What}")]
    private static partial void Recorded(ILogger logger, LogLevel level, string kind, string what, string? endpoint,
        string? pool, string? site, string? address, string? from, string? to, string? cause);
}
