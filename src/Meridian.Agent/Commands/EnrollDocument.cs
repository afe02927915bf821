namespace Meridian.Agent.Commands;

/// <summary>What an enrolment has led to, as JSON.</summary>
/// <param name="Agent">The name that the gateway knows this agent by.</param>
/// <param name="CertificateUntil">When its certificate ends; it is renewed before.</param>
/// <param name="File">The agent's own file.</param>
internal sealed record EnrollDocument(string Agent, DateTimeOffset CertificateUntil, string File);
