using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Model.Joining;

/// <summary>
/// Addresses that an annotated object of a cluster, or a client with records, offers for a host name.
/// </summary>
public sealed record Contribution
{
    /// <summary>The host name, as it was written.</summary>
    public required string Hostname { get; init; }

    /// <summary>Who offers them, for people and as the identity: <c>Ingress web/kokoro in cluster hk</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Name of the pool that is made of it; a valid resource name.</summary>
    public required string Pool { get; init; }

    /// <summary>What of it cannot be read; null where all can.</summary>
    public string? Fault { get; init; }

    public required ImmutableArray<PoolAddress> Addresses { get; init; }

    /// <summary>Name of the Site.</summary>
    public string? Site { get; init; }

    public int Weight { get; init; } = 1;

    /// <summary>Place in the order of policy Failover.</summary>
    public int? Priority { get; init; }

    /// <summary>The policy that it asks for; the first contribution that asks for one decides.</summary>
    public EndpointPolicy? Policy { get; init; }

    /// <summary>The time to live that it asks for; the shortest of a name counts.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>Name of a HealthCheck.</summary>
    public string? HealthCheck { get; init; }

    /// <summary>Path of an HTTP check in place of <see cref="HealthCheck"/>.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Port of the check; null for no check unless one is asked for.</summary>
    public int? Port { get; init; }
}
