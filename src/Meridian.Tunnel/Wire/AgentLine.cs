using System.Collections.Immutable;

namespace Meridian.Tunnel.Wire;

/// <summary>A line that an agent writes on the control stream: one of these.</summary>
public sealed record AgentLine
{
    /// <summary>The first line.</summary>
    public Hello? Hello { get; init; }

    /// <summary>All services as they are now; those that are not named are there no more.</summary>
    public ImmutableArray<ServiceReport>? Services { get; init; }

    /// <summary>The number of a <see cref="GatewayLine.Ping"/>, sent back at once.</summary>
    public long Pong { get; init; }

    /// <summary>It is about to stop: nothing new, please.</summary>
    public bool Drain { get; init; }
}
