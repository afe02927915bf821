using Meridian.Model.Resources;

namespace Meridian.Steering.Ordering;

/// <summary>The table of endpoint policies.</summary>
internal static class PoolOrders
{
    private static readonly NearestOrder Nearest = new();
    private static readonly SourceMapOrder SourceMap = new();
    private static readonly FailoverOrder Failover = new();
    private static readonly WeightedOrder Weighted = new();
    private static readonly RoundRobinOrder RoundRobin = new();
    private static readonly StickyOrder Sticky = new();

    public static PoolOrder Of(EndpointPolicy policy) => policy switch
    {
        EndpointPolicy.Nearest => Nearest,
        EndpointPolicy.SourceMap => SourceMap,
        EndpointPolicy.Failover => Failover,
        EndpointPolicy.Weighted => Weighted,
        EndpointPolicy.RoundRobin => RoundRobin,
        EndpointPolicy.Sticky => Sticky,

        // It draws as Weighted does; its weights come from capacities and load (EndpointPolicyTraits.WeighsByLoad).
        EndpointPolicy.LeastLoad => Weighted,
    };
}
