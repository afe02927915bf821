using System.Collections.Immutable;

namespace Meridian.Model.History;

/// <summary>An event that is kept in the history.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">The sort of event, one of <see cref="HistoryKinds"/>.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Message">What happened, in one sentence.</param>
public sealed record HistoryEvent(DateTimeOffset At, string Kind, string Subject, string Message)
{
    /// <summary>
    /// Names that are kept of several: an address may stand in thousands of endpoints, and ten thousand events are
    /// kept.
    /// </summary>
    private const int MaxNames = 100;

    /// <summary>Name of the endpoint; null where it is about none or several, as with the others.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Name of the pool.</summary>
    public string? Pool { get; init; }

    /// <summary>Name of the site.</summary>
    public string? Site { get; init; }

    /// <summary>
    /// Names of the endpoints where it is about several, as with the other lists; null where it is not.
    /// </summary>
    public IReadOnlyList<string>? Endpoints { get; init; }

    /// <summary>Names of the pools.</summary>
    public IReadOnlyList<string>? Pools { get; init; }

    /// <summary>Names of the sites.</summary>
    public IReadOnlyList<string>? Sites { get; init; }

    /// <summary>The address.</summary>
    public string? Address { get; init; }

    /// <summary>The state before; null where there was none.</summary>
    public string? From { get; init; }

    /// <summary>The state since; null where there is none.</summary>
    public string? To { get; init; }

    /// <summary>Why: what the probe found, or a person's words.</summary>
    public string? Cause { get; init; }

    /// <summary>The same event with all that it is about: an endpoint, a pool and a site, or several.</summary>
    public HistoryEvent About(IEnumerable<string?> endpoints, IEnumerable<string?> pools, IEnumerable<string?> sites)
    {
        var (endpoint, pool, site) = (Names(endpoints), Names(pools), Names(sites));
        return this with
        {
            Endpoint = Only(endpoint),
            Endpoints = endpoint.Length > 1 ? endpoint : null,
            Pool = Only(pool),
            Pools = pool.Length > 1 ? pool : null,
            Site = Only(site),
            Sites = site.Length > 1 ? site : null,
        };
    }

    /// <summary>Whether it is about a site, alone or among others.</summary>
    public bool IsOf(string site) => Site == site || Sites?.Contains(site) == true;

    private static ImmutableArray<string> Names(IEnumerable<string?> names) =>
        [.. names.OfType<string>().Distinct().Take(MaxNames)];

    private static string? Only(ImmutableArray<string> names) => names is [var only] ? only : null;
}
