namespace Meridian.Model.Resources;

/// <summary>
/// What the rules of the configuration know of an endpoint's policy. How it orders pools is steering's:
/// <c>PoolOrders</c>.
/// </summary>
public sealed record EndpointPolicyTraits
{
    /// <summary>Every pool has to have a site, where there are several.</summary>
    public bool NeedsSites { get; private init; }

    /// <summary>It asks where clients are, so that it needs a database of places.</summary>
    public bool NeedsGeography { get; private init; }

    /// <summary>The endpoint has to name a SourceMap, and only then may.</summary>
    public bool NeedsSourceMap { get; private init; }

    /// <summary>The pools' weights count, so that <c>weights: auto</c> can correct them.</summary>
    public bool UsesWeights { get; private init; }

    /// <summary>
    /// Weights are made of the pools' capacity and load; those of the resource only tell which pools rest.
    /// </summary>
    public bool WeighsByLoad { get; private init; }

    /// <summary>The traits of a policy.</summary>
    public static EndpointPolicyTraits Of(EndpointPolicy policy) => policy switch
    {
        EndpointPolicy.Nearest => Nearest,
        EndpointPolicy.SourceMap => SourceMap,
        EndpointPolicy.Failover => Failover,
        EndpointPolicy.Weighted => Weighted,
        EndpointPolicy.RoundRobin => RoundRobin,
        EndpointPolicy.Sticky => Sticky,
        EndpointPolicy.LeastLoad => LeastLoad,
    };

    private static readonly EndpointPolicyTraits Nearest = new() { NeedsSites = true, NeedsGeography = true };
    private static readonly EndpointPolicyTraits SourceMap = new() { NeedsSourceMap = true };
    private static readonly EndpointPolicyTraits Failover = new();
    private static readonly EndpointPolicyTraits Weighted = new() { UsesWeights = true };
    private static readonly EndpointPolicyTraits RoundRobin = new();
    private static readonly EndpointPolicyTraits Sticky = new() { UsesWeights = true };
    private static readonly EndpointPolicyTraits LeastLoad = new() { UsesWeights = true, WeighsByLoad = true };
}
