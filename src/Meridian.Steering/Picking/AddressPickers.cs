using Meridian.Model.Resources;

namespace Meridian.Steering.Picking;

/// <summary>The table of pool policies.</summary>
internal static class AddressPickers
{
    private static readonly RoundRobinPicker RoundRobin = new();
    private static readonly WeightedPicker Weighted = new();
    private static readonly FailoverPicker Failover = new();
    private static readonly NearestPicker Nearest = new();
    private static readonly StickyPicker Sticky = new();
    private static readonly AllPicker All = new();

    public static AddressPicker Of(PoolPolicy policy) => policy switch
    {
        PoolPolicy.RoundRobin => RoundRobin,
        PoolPolicy.Weighted => Weighted,
        PoolPolicy.Failover => Failover,
        PoolPolicy.Nearest => Nearest,
        PoolPolicy.Sticky => Sticky,
        PoolPolicy.All => All,
    };
}
