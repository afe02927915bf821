using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Limits in time of a request through the gateway.</summary>
public sealed record GatewayTimeouts
{
    [Field("For a connection to an address", Min = "10ms", Max = "1m")]
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    [Field("From the request's head to the first octet of the answer, all tries together", Min = "10ms", Max = "1h",
        Default = "1m, or 10m for `inference`")]
    public TimeSpan? FirstByte { get; init; }

    [Field("Between two pieces of a body in either direction", Min = "10ms", Max = "1d")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);
}
