namespace Meridian.Tunnel.Gateways;

/// <summary>Who may dial in, by the resources as they are now.</summary>
public interface ITunnelPolicy
{
    /// <summary>What an agent may do; null for one that has no TunnelAgent.</summary>
    AgentGrant? Find(string agent);

    /// <summary>
    /// Uses up a code. When this returns an agent, the code is gone for certain, and over a restart too.
    /// </summary>
    Task<Redemption> RedeemAsync(string secret);

    /// <summary>Finds the agent whose service account a token belongs to.</summary>
    Task<Recognition> RecognizeAsync(string token, CancellationToken cancellationToken);
}
