using Meridian.Model.History;

namespace Meridian.Api;

/// <summary>Which events are asked for; null asks for all.</summary>
/// <param name="Count">The most of them, the latest ones.</param>
public sealed record HistoryQuery(int Count)
{
    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public string? Site { get; init; }

    public string? Kind { get; init; }

    public bool Matches(HistoryEvent entry) =>
        (Since is null || entry.At >= Since) && (Until is null || entry.At <= Until)
        && (Site is null || entry.IsOf(Site)) && (Kind is null || entry.Kind == Kind);
}
