using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>A limit on what automation may remove from an endpoint; a person's override is not limited.</summary>
public sealed record Guard
{
    [Field("Share of the endpoint's pools that health checks may take out together; the ones that went down last " +
        "stay in the answer")]
    public CountOrPercent MaxRemoved { get; init; } = new(100, true);
}
