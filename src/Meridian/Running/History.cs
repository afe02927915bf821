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
    private const int Kept = 1000;

    private readonly EventLog _events = new(store.Read(Kept));

    public void Record(LogLevel level, string kind, string subject, string message)
    {
        message = DisplayText.Escape(message);
        var entry = new HistoryEvent(time.GetUtcNow(), kind, DisplayText.Escape(subject), message);
        Recorded(log, level, kind, message);
        _events.Add(entry);
        store.Append(entry);
    }

    /// <summary>The latest events, the newest first.</summary>
    public ImmutableArray<HistoryEvent> Recent(int count) => _events.Recent(count);

    /// <summary>Events as they happen, until cancelled.</summary>
    public IAsyncEnumerable<HistoryEvent> FollowAsync(CancellationToken cancellationToken) =>
        _events.FollowAsync(cancellationToken);

    [LoggerMessage(EventId = 102, Message = "{Kind}: {What}")]
    private static partial void Recorded(ILogger logger, LogLevel level, string kind, string what);
}
