using Meridian.Kubernetes;
using Meridian.Kubernetes.Identity;
using Meridian.Model.Resources;
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
        var result = await _verifier.VerifyAsync(token, accounts.Select(a => IssuerOf(a.Account)), clusters,
            cancellationToken);
        if (result.Refusal is not null)
            return new Recognition(null, result.Refusal);
        var agents = (from account in accounts
                      from proof in result.Proofs
                      where proof.Issuer == IssuerOf(account.Account)
                          && proof.Account == new ServiceAccount(account.Account.Namespace, account.Account.Name)
                      select account.Agent).ToArray();
        return agents switch
        {
            [var agent] => new Recognition(agent, null),
            [] => new Recognition(null, "no TunnelAgent has the service account "
                + string.Join(" or ", result.Proofs.Select(p => $"{p.Account} of {p.Issuer}"))),
            _ => new Recognition(null, "the token is proved in several ways, so that nobody can say which agent it is: "
                + string.Join(", ", agents.Order(StringComparer.Ordinal))),
        };
    }

    private static TokenIssuer IssuerOf(TunnelAccount account) =>
        new(account.Issuer, account.Audience, account.JwksFile, account.Cluster);

    public void Dispose() => _verifier.Dispose();
}
