using System.Collections.Immutable;
using System.Net;

namespace Meridian.Dns.Limiting;

/// <summary>How many responses a client network gets of one sort.</summary>
public sealed record RateLimit
{
    /// <summary>
    /// Responses a second to one network about one name, or one zone where the name does not exist; 0 for no limit.
    /// </summary>
    public int PerSecond { get; init; }

    /// <summary>
    /// Of those over the limit, each how many-th is sent truncated, so that a real client comes by TCP; 0 for none.
    /// </summary>
    public int Slip { get; init; } = 2;

    /// <summary>Networks that are not limited.</summary>
    public ImmutableArray<IPNetwork> Exempt { get; init; } = [];
}
