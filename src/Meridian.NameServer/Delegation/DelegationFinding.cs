namespace Meridian.NameServer.Delegation;

/// <summary>The result of one check of a delegation.</summary>
/// <param name="Right">Whether the subject is as it should be.</param>
/// <param name="Subject">What was checked.</param>
/// <param name="Found">What was found, and what was wanted where that differs.</param>
public sealed record DelegationFinding(bool Right, string Subject, string Found);
