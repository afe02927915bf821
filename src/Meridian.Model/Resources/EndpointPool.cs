using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A pool's part in an endpoint.</summary>
public sealed record EndpointPool
{
    [Field("Name of the AddressPool")]
    public required string Pool { get; init; }

    [Field("Share under policy Weighted and Sticky; 0, under LeastLoad too, is used only when nothing else is up",
        Min = "0", Max = "1000000")]
    public int Weight { get; init; } = 1;

    [Field("`ready`: the weight is the number of ready endpoints behind the pool's addresses, " +
        "which then all have a `from`")]
    public WeightFrom WeightFrom { get; init; }

    [Field("Place in the order of policy Failover, smallest first", Min = "0", Max = "1000000",
        Default = "the place in the list")]
    public int? Priority { get; init; }
}
