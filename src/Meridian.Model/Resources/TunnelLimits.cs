using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>What an agent may use of a node.</summary>
public sealed record TunnelLimits
{
    [Field("Tunnels at a time, of all its processes", Min = "1", Max = "256")]
    public int Connections { get; init; } = 8;

    [Field("Connections to its services at a time", Min = "1", Max = "100000")]
    public int Streams { get; init; } = 2000;
}
