using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A service behind a tunnel: reached by every process of the agent that is connected.</summary>
public sealed record TunnelSource
{
    [Field("Name of the TunnelAgent")]
    public required string Agent { get; init; }

    [Field("Name of the service in the agent's own file")]
    public required string Service { get; init; }

    public override string ToString() => $"{Service}@{Agent}";
}
