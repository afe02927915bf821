namespace Meridian.Api.Contracts;

/// <summary>One probe.</summary>
public sealed record ProbeStatus(DateTimeOffset At, bool Ok, string Reason, double Milliseconds);
