namespace Meridian.Drill;

/// <summary>A command and when it runs.</summary>
public sealed record ScenarioStep(TimeSpan At, string Command);
