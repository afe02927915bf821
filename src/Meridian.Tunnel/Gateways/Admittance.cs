using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Gateways;

/// <summary>
/// Who may come in, and why not: decisions alone. What they need to know (the policy, the limits, who is here) comes in
/// as values, and what follows from them is done elsewhere.
/// </summary>
internal static class Admittance
{
    /// <summary>Whom a certificate stands for.</summary>
    /// <param name="current">The agent of a certificate that counts now; null where it does not.</param>
    /// <param name="renewable">The agent of a certificate that still gets a new one; null where it does not.</param>
    /// <param name="until">When the certificate ends.</param>
    /// <returns>Null for a certificate that counts for nothing: the handshake fails.</returns>
    public static ConnectionIdentity? OfCertificate(string? current, string? renewable, DateTimeOffset until) =>
        current is not null ? new ConnectionIdentity(current, current, until)
        : renewable is not null ? new ConnectionIdentity(null, renewable, until)
        : null;

    /// <summary>Whether a connection may become a tunnel, or be measured.</summary>
    public static AdmittanceDecision OfConnection(ConnectionIdentity identity) =>
        identity.Agent is { } agent ? AdmittanceDecision.Admit(agent) : CertificateNeeded();

    /// <summary>Whether a tunnel is taken in.</summary>
    /// <param name="agent">Who dialled, as the certificate says.</param>
    /// <param name="hello">How the agent introduces itself.</param>
    /// <param name="grant">What its TunnelAgent allows; null where there is none.</param>
    /// <param name="isWithinRate">Whether it comes no more often than it may.</param>
    /// <param name="standing">The agent's other tunnels at this node.</param>
    public static AdmittanceDecision OfTunnel(string agent, Hello hello, AgentGrant? grant, bool isWithinRate,
        IReadOnlyCollection<StandingTunnel> standing)
    {
        if (grant is null)
            return UnknownAgent(agent);
        if (!isWithinRate)
            return AdmittanceDecision.Refuse(AdmittanceReason.TooOften, $"agent {agent} comes too often",
                TimeSpan.FromSeconds(10));
        if (!grant.Replicas && standing.Any(t => !t.IsDraining && t.Instance != hello.Instance))
            return AdmittanceDecision.Refuse(AdmittanceReason.AnotherProcess,
                $"another process is connected as {agent}; `replicas: true` allows several", TimeSpan.FromSeconds(5));
        return standing.Count(t => CountsBeside(hello, t)) >= grant.Connections
            ? AdmittanceDecision.Refuse(AdmittanceReason.TooManyTunnels,
                $"agent {agent} has {grant.Connections} tunnels here, and may not have more", TimeSpan.FromSeconds(30))
            : AdmittanceDecision.Admit(agent);
    }

    /// <summary>Whether a code or a token is looked at.</summary>
    /// <param name="isWithinRate">Whether the address shows no more of them than it may.</param>
    /// <param name="proof">What it sent; null where that is malformed.</param>
    /// <returns>Null where it is; otherwise why not.</returns>
    public static AdmittanceDecision? OfProof(bool isWithinRate, EnrollmentProof? proof)
    {
        if (!isWithinRate)
            return TooOften();
        return proof is null
            ? AdmittanceDecision.Refuse(AdmittanceReason.MalformedRequest,
                "send the code or token in the first line and a certificate request with an ECDSA key after it; "
                + "the code is not used up")
            : null;
    }

    /// <summary>Whether a code counts.</summary>
    public static AdmittanceDecision OfCode(Redemption code) =>
        code.Agent is { } agent ? AdmittanceDecision.Admit(agent)
        : code.Fault is { } fault ? AdmittanceDecision.Refuse(AdmittanceReason.NotStored,
            $"that the code is used cannot be stored, so that it stands still; try again later: {fault}")
        : AdmittanceDecision.Refuse(AdmittanceReason.InvalidCode,
            "this code is none, has been used, or is older than an hour");

    /// <summary>Whether a service-account token counts.</summary>
    public static AdmittanceDecision OfToken(Recognition found) =>
        found.Agent is { } agent ? AdmittanceDecision.Admit(agent)
        : AdmittanceDecision.Refuse(AdmittanceReason.InvalidToken, found.Refusal ?? "the token is refused");

    /// <summary>Whether a certificate is renewed.</summary>
    /// <param name="agent">Whose certificate still gets a new one; null where none was shown.</param>
    /// <param name="isWithinRate">Whether the agent comes no more often than it may.</param>
    /// <param name="isKnown">Whether there is a TunnelAgent of its name.</param>
    public static AdmittanceDecision OfRenewal(string? agent, bool isWithinRate, bool isKnown)
    {
        if (agent is null)
            return CertificateNeeded();
        if (!isWithinRate)
            return TooOften();
        return isKnown ? AdmittanceDecision.Admit(agent) : UnknownAgent(agent);
    }

    /// <summary>Why an agent is refused that no TunnelAgent describes.</summary>
    public static string UnknownAgentText(string agent) => $"there is no TunnelAgent {agent}";

    /// <summary>Why a service of an agent is not used.</summary>
    public static string UnpublishedText(string agent, string service) =>
        $"{service}: TunnelAgent {agent} does not say that it publishes this";

    // A process that takes over from another one may have as many tunnels beside it.
    private static bool CountsBeside(Hello hello, StandingTunnel tunnel) =>
        tunnel is { IsDraining: false, IsMoved: false }
        && !(tunnel.Instance == hello.Instance && tunnel.Started < hello.Started);

    private static AdmittanceDecision CertificateNeeded() =>
        AdmittanceDecision.Refuse(AdmittanceReason.NoCertificate, "a certificate of an agent is needed");

    private static AdmittanceDecision UnknownAgent(string agent) =>
        AdmittanceDecision.Refuse(AdmittanceReason.UnknownAgent, UnknownAgentText(agent));

    private static AdmittanceDecision TooOften() =>
        AdmittanceDecision.Refuse(AdmittanceReason.TooOften, "too often; try again in a while");
}
