using System.Collections.Immutable;
using Meridian.Model.History;

namespace Meridian.Api;

/// <summary>What has happened at a node.</summary>
public interface IHistory
{
    /// <summary>The latest events that a query asks for, the newest first.</summary>
    ImmutableArray<HistoryEvent> Find(HistoryQuery query);

    /// <summary>Events from now on, as they happen, until cancelled.</summary>
    IAsyncEnumerable<HistoryEvent> FollowAsync(CancellationToken cancellationToken);
}
