using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>What came of dialling a gateway once.</summary>
/// <param name="Gateway">Where it was dialled.</param>
/// <param name="Standing">The connection that the gateway has accepted; null where there is none.</param>
/// <param name="Refusal">Why the gateway did not accept it; null where it did, or was not reached.</param>
/// <param name="Fault">Why there is no connection, in words; null where there is one.</param>
internal sealed record DialOutcome(GatewayAddress Gateway, GatewayConnection? Standing, Refusal? Refusal,
    string? Fault)
{
    /// <summary>The fault as a sentence that stands alone.</summary>
    public string? Sentence => Refusal is null ? Fault : $"{Gateway} refuses this agent: {Fault}";

    public static DialOutcome Accepted(GatewayConnection connection) =>
        new(connection.Gateway, connection, null, null);

    public static DialOutcome Refused(GatewayAddress gateway, Refusal refusal) =>
        new(gateway, null, refusal, refusal.Reason);

    public static DialOutcome Failed(GatewayAddress gateway, string fault) => new(gateway, null, null, fault);
}
