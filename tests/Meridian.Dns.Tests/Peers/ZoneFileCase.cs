namespace Meridian.Dns.Tests.Peers;

/// <summary>A zone file of some kind; each character of its text is one octet.</summary>
internal sealed record ZoneFileCase(string Kind, string Origin, string Text);
