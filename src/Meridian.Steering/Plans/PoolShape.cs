using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Steering.Ordering;

namespace Meridian.Steering.Plans;

/// <summary>A pool's part in an endpoint as configured.</summary>
public sealed record PoolShape
{
    public required AddressPool Pool { get; init; }

    public required EndpointPool Member { get; init; }

    public required Site? Site { get; init; }

    /// <summary>What tells how busy its addresses are; null for what a gateway has sent there.</summary>
    public LoadSignal? Signal { get; init; }

    /// <summary>What its addresses are probed by; null for nothing.</summary>
    public HealthCheck? Check { get; init; }

    /// <summary>The enabled addresses, host names resolved where the pool is flattened.</summary>
    public required ImmutableArray<AddressShape> Addresses { get; init; }

    /// <summary>The order of the addresses for each client, where the policy looks at the client's place.</summary>
    public OrderMap? Orders { get; init; }

    /// <summary>Addresses that must be up.</summary>
    public int MinHealthy => Math.Max(1, Pool.MinHealthy.Of(Addresses.Length));

    /// <summary>Mixes into the hash of policy Sticky, so that the same client lands apart in different pools.</summary>
    public ulong Seed { get; init; }
}
