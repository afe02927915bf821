using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Slow start after an outage.</summary>
public sealed record Recovery
{
    [Field("A recovered pool's share grows from 10 % to 100 % over this time; 0s gives it all at once", Min = "0s",
        Max = "1d")]
    public TimeSpan Ramp { get; init; } = TimeSpan.FromSeconds(30);
}
