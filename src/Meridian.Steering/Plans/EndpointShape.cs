using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model.Resources;

namespace Meridian.Steering.Plans;

/// <summary>An endpoint as configured, with all that can be computed before any verdict is known.</summary>
public sealed record EndpointShape
{
    public required GlobalEndpoint Endpoint { get; init; }

    /// <summary>The host name in canonical form.</summary>
    public required string Hostname { get; init; }

    public required ImmutableArray<PoolShape> Pools { get; init; }

    /// <summary>For policy Nearest: the pools by distance.</summary>
    public NearnessMap? Nearness { get; init; }

    /// <summary>For policy SourceMap: client → index into <see cref="SourceOrders"/>.</summary>
    public AddressMap? Sources { get; init; }

    /// <summary>For policy SourceMap: the pools of each source, best first; the last entry is the default.</summary>
    public ImmutableArray<ImmutableArray<int>> SourceOrders { get; init; } = [];

    /// <summary>For policy Failover, and for the rest of any order: pools by priority and place in the list.</summary>
    public required ImmutableArray<int> FixedOrder { get; init; }

    /// <summary>The addresses of <c>whenAllDown: Fallback</c>.</summary>
    public ImmutableArray<AddressShape> Fallback { get; init; } = [];

    /// <summary>The same endpoint with the pools that its gateway forwards to, where they are not its own.</summary>
    public EndpointShape? Behind { get; init; }
}
