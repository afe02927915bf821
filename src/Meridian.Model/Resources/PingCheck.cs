namespace Meridian.Model.Resources;

/// <summary>An ICMP echo probe. It has no options: write <c>ping: {}</c>.</summary>
public sealed record PingCheck;
