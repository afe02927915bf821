using Meridian.Gateway.Forwarding;
using Meridian.Gateway.Observing;

namespace Meridian.Gateway.Routing;

/// <summary>What the gateway keeps of an endpoint across changes of verdicts and configuration.</summary>
internal sealed class RouteRecord(TimeProvider time)
{
    public ShareBudget Retries { get; } = new(time);

    public ShareBudget Hedges { get; } = new(time);

    public FirstByteTimes FirstByte { get; } = new();

    public RouteCounts Counts { get; } = new();
}
