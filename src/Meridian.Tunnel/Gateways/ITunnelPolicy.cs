namespace Meridian.Tunnel.Gateways;

/// <summary>Who may come, by the resources as they are now.</summary>
public interface ITunnelPolicy
{
    /// <summary>What an agent may do; null for one that nobody knows.</summary>
    AgentGrant? Find(string agent);

    /// <summary>
    /// The agent that a code is for, once: it is used up by this. Null for a code that is none, or no more.
    /// </summary>
    string? Redeem(string secret);

    /// <summary>The agent whose service account a token is of.</summary>
    Task<Recognition> RecognizeAsync(string token, CancellationToken cancellationToken);
}
