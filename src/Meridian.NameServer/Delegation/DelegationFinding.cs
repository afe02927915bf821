namespace Meridian.NameServer.Delegation;

/// <summary>Something that was looked at from the outside.</summary>
/// <param name="Right">Whether it is as it should be.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Found">What was found, and what was wanted where that differs.</param>
public sealed record DelegationFinding(bool Right, string Subject, string Found);
