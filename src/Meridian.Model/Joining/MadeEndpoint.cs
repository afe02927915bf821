using Meridian.Model.Resources;

namespace Meridian.Model.Joining;

/// <summary>Makes the endpoint of a host name that only contributions speak of.</summary>
internal static class MadeEndpoint
{
    private static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(10);

    /// <summary>The endpoint, still without pools.</summary>
    /// <param name="hostname">The name in canonical form.</param>
    /// <param name="contributions">What is offered for it; the first one that asks for a policy gets it.</param>
    public static GlobalEndpoint Of(string hostname, IReadOnlyList<Contribution> contributions)
    {
        var ttl = contributions.Min(c => c.Ttl) ?? DefaultTtl;
        return new GlobalEndpoint
        {
            Name = $"joined.{hostname.Replace("*", "wildcard", StringComparison.Ordinal)}",
            Hostname = hostname,
            Policy = contributions.Select(c => c.Policy).FirstOrDefault(p => p is not null) ?? PolicyOf(contributions),
            Ttl = ttl,

            // What nothing probes cannot change soon: its answers live as long as was asked.
            MinTtl = contributions.All(c => c is { HealthCheck: null, HealthPath: null, Port: null }) ? ttl : null,
            Pools = [],
            MaxAnswers = 64,
            Location = new Location(contributions[0].Source, 0, 0),
        };
    }

    private static EndpointPolicy PolicyOf(IReadOnlyList<Contribution> contributions) =>
        contributions.Count > 1 && contributions.All(c => c.Site is not null) ? EndpointPolicy.Nearest
        : contributions.Any(c => c.Priority is not null) ? EndpointPolicy.Failover
        : EndpointPolicy.Weighted;
}
