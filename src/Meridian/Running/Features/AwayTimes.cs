using System.Collections.Immutable;

namespace Meridian.Running.Features;

/// <summary>
/// When the shared store was away, so that what waits for other nodes' news can stand still. Immutable.
/// </summary>
internal sealed record AwayTimes
{
    // Beyond this no lease reaches back that has not run out.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private ImmutableArray<(DateTimeOffset From, DateTimeOffset To)> _ended = [];
    private DateTimeOffset? _from;

    public static AwayTimes None { get; } = new();

    public bool IsAway => _from is not null;

    /// <summary>The times once it is known whether the store is away now.</summary>
    public AwayTimes At(DateTimeOffset now, bool isAway) => (isAway, _from) switch
    {
        (true, null) => this with { _from = now },
        (false, { } from) => this with
        {
            _from = null,
            _ended = [.. _ended.Where(e => now - e.To < Kept), (from, now)],
        },
        _ => this,
    };

    /// <summary>For how long the store was away between two times.</summary>
    public TimeSpan Since(DateTimeOffset from, DateTimeOffset now)
    {
        var all = _from is { } begun ? _ended.Add((begun, now)) : _ended;
        return all.Where(e => e.To > from)
            .Aggregate(TimeSpan.Zero, (sum, e) => sum + (e.To - (e.From > from ? e.From : from)));
    }
}
