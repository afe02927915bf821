namespace Meridian.Tunnel.Gateways;

/// <summary>Whether somebody may come in.</summary>
/// <param name="Reason">Why, or why not.</param>
/// <param name="Agent">The agent that is admitted; null where nobody is.</param>
/// <param name="Text">A sentence for a person that says why not; empty where somebody is admitted.</param>
/// <param name="RetryAfter">How long the agent is asked to wait before it tries again; zero for as it likes.</param>
internal sealed record AdmittanceDecision(AdmittanceReason Reason, string? Agent, string Text, TimeSpan RetryAfter)
{
    public bool IsAdmitted => Reason == AdmittanceReason.Admitted;

    /// <summary>Whether trying again is of no use until a person has done something.</summary>
    public bool IsPermanent => Reason == AdmittanceReason.UnknownAgent;

    public static AdmittanceDecision Admit(string agent) => new(AdmittanceReason.Admitted, agent, "", TimeSpan.Zero);

    public static AdmittanceDecision Refuse(AdmittanceReason reason, string text, TimeSpan retryAfter = default) =>
        new(reason, null, text, retryAfter);
}
