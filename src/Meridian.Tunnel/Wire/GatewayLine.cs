namespace Meridian.Tunnel.Wire;

/// <summary>A line that a gateway writes on the control stream: one of these.</summary>
public sealed record GatewayLine
{
    public Welcome? Welcome { get; init; }

    public Refusal? Refusal { get; init; }

    /// <summary>The gateway is about to stop: dial again, and let what is under way here end.</summary>
    public bool Move { get; init; }
}
