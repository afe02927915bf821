using System.Collections.Immutable;

namespace Meridian.Model.History;

/// <summary>The sorts of events in a history.</summary>
public static class HistoryKinds
{
    public static ImmutableArray<string> All { get; } =
    [
        "node", "configuration", "verdict", "pool", "override", "zone", "records", "contribution", "cluster", "tunnel",
    ];
}
