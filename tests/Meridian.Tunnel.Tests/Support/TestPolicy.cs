using System.Collections.Concurrent;
using Meridian.Tunnel.Gateways;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>What tests allow.</summary>
public sealed class TestPolicy : ITunnelPolicy
{
    public ConcurrentDictionary<string, AgentGrant> Grants { get; } = [];

    /// <summary>Secrets of codes, and whose they are.</summary>
    public ConcurrentDictionary<string, string> Codes { get; } = [];

    public void Allow(string agent, int connections = 8, bool replicas = false, int streams = 2000,
        Func<string, bool>? publishes = null) =>
        Grants[agent] = new AgentGrant(connections, streams, replicas, publishes ?? (_ => true));

    /// <summary>Called before every <see cref="Find"/>: a test holds it up there.</summary>
    public Action? Asked { get; set; }

    public AgentGrant? Find(string agent)
    {
        Asked?.Invoke();
        return Grants.GetValueOrDefault(agent);
    }

    /// <summary>Tokens, and whose they are.</summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = [];

    public Task<Recognition> RecognizeAsync(string token, CancellationToken cancellationToken) =>
        Task.FromResult(Tokens.TryGetValue(token, out var agent)
            ? new Recognition(agent, null) : new Recognition(null, "nobody knows this token"));

    /// <summary>Why no code can be used up; null where they can.</summary>
    public string? StoreFault { get; set; }

    public Task<Redemption> RedeemAsync(string secret) => Task.FromResult(StoreFault is not null
        ? new Redemption(null, StoreFault) : new Redemption(Codes.TryRemove(secret, out var agent) ? agent : null));
}
