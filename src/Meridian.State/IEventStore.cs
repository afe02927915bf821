using System.Collections.Immutable;
using Meridian.Model.History;

namespace Meridian.State;

/// <summary>The history of the node.</summary>
public interface IEventStore
{
    /// <summary>The latest events, the newest first.</summary>
    ImmutableArray<HistoryEvent> Read(int count);

    /// <summary>Appends an event. Nobody waits for it.</summary>
    void Append(HistoryEvent entry);
}
