using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Flap damping: an address that went down too often stays down until it has been quiet.</summary>
public sealed record Damping
{
    [Field("How often an address may go down within `window`; after that it stays down until fewer remain. " +
        "0: no damping",
        Min = "0", Max = "1000")]
    public int MaxFlaps { get; init; } = 4;

    [Field("The time that is looked back on", Min = "1s", Max = "1d")]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);
}
