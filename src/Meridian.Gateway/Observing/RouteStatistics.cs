namespace Meridian.Gateway.Observing;

/// <summary>A route and what has happened on it.</summary>
/// <param name="Route">Name of the endpoint.</param>
/// <param name="Counts">By site, since the endpoint was first configured.</param>
/// <param name="RetriesLeft">Repetitions that its budget allows now.</param>
/// <param name="Panics">Whether so many addresses are known to be out that those are used as well.</param>
public sealed record RouteStatistics(string Route, RouteCounts Counts, int RetriesLeft, bool Panics);
