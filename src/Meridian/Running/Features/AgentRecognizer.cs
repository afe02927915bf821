using Meridian.Kubernetes;
using Meridian.Kubernetes.Identity;
using Meridian.Running.Control;
using Meridian.Tunnel.Gateways;

namespace Meridian.Running.Features;

/// <summary>Recognizes agents that show a service-account token of a cluster in place of a code.</summary>
internal sealed class AgentRecognizer(ControlLoop loop, Func<string, ClusterClient?> clusters, TimeProvider time)
    : IDisposable
{
    private readonly TokenVerifier _verifier = new(time);

    public async Task<Recognition> RecognizeAsync(string token, CancellationToken cancellationToken)
    {
        var accounts = loop.State.Resources.TunnelAgents.Values.Where(a => a.Identity.ServiceAccount is not null)
            .Select(a => (Agent: a.Name, Account: a.Identity.ServiceAccount!)).ToArray();
        if (accounts.Length == 0)
            return new Recognition(null, "no TunnelAgent has a service account");
        var issuers = accounts.Select(a =>
            new TokenIssuer(a.Account.Authority, a.Account.Audience, a.Account.JwksFile,
                a.Account.Cluster is { } cluster ? () => clusters(cluster) : null)
            {
                ByReviewAlone = a.Account.Cluster is not null,
            }).ToArray();
        var result = await _verifier.VerifyAsync(token, issuers, cancellationToken);
        if (result.Account is not { } known)
            return new Recognition(null, result.Refusal);
        var agent = accounts.FirstOrDefault(a => a.Account.Authority == known.Issuer
            && a.Account.Namespace == known.Namespace && a.Account.Name == known.Name).Agent;
        return agent is null
            ? new Recognition(null, $"no TunnelAgent has the service account {known}") : new Recognition(agent, null);
    }

    public void Dispose() => _verifier.Dispose();
}
