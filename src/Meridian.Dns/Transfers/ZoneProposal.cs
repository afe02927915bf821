namespace Meridian.Dns.Transfers;

/// <summary>The version that a server would publish next for a zone.</summary>
/// <param name="Version">The version.</param>
/// <param name="IsRaise">Whether it is the version of now under a later serial, because this server has served a later
/// one before: any server may publish that. Anything else is for the one that publishes the zone.</param>
public sealed record ZoneProposal(ZoneVersion Version, bool IsRaise);
