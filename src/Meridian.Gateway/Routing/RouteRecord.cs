using Meridian.Gateway.Observing;
using Meridian.Gateway.Retries;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Routing;

/// <summary>What the gateway keeps of an endpoint across changes of verdicts and configuration.</summary>
internal sealed class RouteRecord(TimeProvider time)
{
    private double _meanWork = 1;

    public ShareBudget Retries { get; } = new(time);

    public ShareBudget Hedges { get; } = new(time);

    public FirstByteTimes FirstByte { get; } = new();

    public RouteCounts Counts { get; } = new();

    /// <summary>
    /// What a request is in the unit of its route; one whose length is not known counts as the mean of the others.
    /// </summary>
    public double WorkOf(GatewayUpstream upstream, long? octets)
    {
        if (upstream.Unit == WorkUnit.Requests)
            return 1;
        var mean = Volatile.Read(ref _meanWork);
        if (upstream.WorkOf(octets) is not { } work)
            return mean;
        Volatile.Write(ref _meanWork, mean + ((work - mean) / 16));
        return Math.Max(1, work);
    }
}
