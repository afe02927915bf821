using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>A second try before the first has failed.</summary>
public sealed record GatewayHedge
{
    [Field("How long the first address has: a duration, or `p50`, `p90`, `p95` or `p99` of the endpoint's times to " +
        "first octet")]
    public string After { get; init; } = "p95";

    [Field("Share of the requests that may be sent twice")]
    public CountOrPercent Max { get; init; } = new(2, true);
}
