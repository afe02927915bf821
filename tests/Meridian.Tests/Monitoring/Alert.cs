namespace Meridian.Tests.Monitoring;

/// <summary>One Prometheus alert.</summary>
/// <param name="Name">As Alertmanager shows it.</param>
/// <param name="Severity">critical wakes somebody, warning is read in the morning.</param>
/// <param name="For">How long it must hold.</param>
/// <param name="Expression">PromQL.</param>
/// <param name="Summary">What is so, with the labels.</param>
/// <param name="Action">What to do, for the runbook.</param>
internal sealed record Alert(string Name, string Severity, string For, string Expression, string Summary,
    string Action);
