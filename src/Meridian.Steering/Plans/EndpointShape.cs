using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Steering.Ordering;

namespace Meridian.Steering.Plans;

/// <summary>An endpoint as configured, with all that can be computed before any verdict is known.</summary>
public sealed record EndpointShape
{
    public required GlobalEndpoint Endpoint { get; init; }

    /// <summary>The host name in canonical form.</summary>
    public required string Hostname { get; init; }

    public required ImmutableArray<PoolShape> Pools { get; init; }

    /// <summary>For policy SourceMap: who gets which pools.</summary>
    public SourceMap? SourceMap { get; init; }

    /// <summary>The order of the pools for each client, where the policy looks at the client's place.</summary>
    public OrderMap? Orders { get; init; }

    /// <summary>For policy Failover, and for the rest of any order: pools by priority and place in the list.</summary>
    public required ImmutableArray<int> FixedOrder { get; init; }

    /// <summary>The addresses of <c>whenAllDown: Fallback</c>.</summary>
    public ImmutableArray<AddressShape> Fallback { get; init; } = [];

    /// <summary>The same endpoint with the pools that its gateway forwards to, where they are not its own.</summary>
    public EndpointShape? Behind { get; init; }

    /// <summary>The probes that speak for its addresses, those behind its gateway too.</summary>
    internal IEnumerable<ProbeKey> Probes =>
        Pools.Concat(Behind?.Pools ?? []).SelectMany(p => p.Addresses).Select(a => a.Probe).OfType<ProbeKey>();
}
