namespace Meridian.Dns.Transfers;

/// <summary>A version of a zone that several servers publish as one.</summary>
/// <param name="Serial">Its serial.</param>
/// <param name="Digest">What it holds, as <see cref="ContentDigest"/> says it: servers with the same digest have the
/// same records.</param>
public sealed record ZoneVersion(uint Serial, string Digest);
