using System.Collections.Immutable;
using System.Net;

namespace Meridian.Dns.Limiting;

/// <summary>How many responses of one sort a client network gets.</summary>
public sealed record RateLimit
{
    /// <summary>
    /// Responses a second to one network about one name, or about all names of a zone that do not exist; 0 for no
    /// limit.
    /// </summary>
    public int PerSecond { get; init; }

    /// <summary>
    /// One in this many responses over the limit is sent truncated, so that a real client retries over TCP; 0 for none.
    /// </summary>
    public int Slip { get; init; } = 2;

    /// <summary>Networks that are not limited.</summary>
    public ImmutableArray<IPNetwork> Exempt { get; init; } = [];
}
