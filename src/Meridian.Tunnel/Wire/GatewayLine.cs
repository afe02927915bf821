namespace Meridian.Tunnel.Wire;

/// <summary>A line that a gateway writes on the control stream: one of these.</summary>
public sealed record GatewayLine
{
    public Welcome? Welcome { get; init; }

    public Refusal? Refusal { get; init; }

    /// <summary>A number that the agent sends back at once; 0 for none.</summary>
    public long Ping { get; init; }

    /// <summary>
    /// The gateway is about to stop: the agent dials another one, and lets what is under way here end.
    /// </summary>
    public bool Move { get; init; }
}
