using System.Collections.Immutable;

namespace Meridian.Tunnel.Wire;

/// <summary>A line that an agent writes on the control stream: one of these.</summary>
public sealed record AgentLine
{
    /// <summary>The first line.</summary>
    public Hello? Hello { get; init; }

    /// <summary>All services as they are now. One that is not listed is gone.</summary>
    public ImmutableArray<ServiceReport>? Services { get; init; }

    /// <summary>The number of a <see cref="GatewayLine.Ping"/>, sent back at once.</summary>
    public long Pong { get; init; }

    /// <summary>The agent is about to stop, and takes nothing new.</summary>
    public bool Drain { get; init; }
}
