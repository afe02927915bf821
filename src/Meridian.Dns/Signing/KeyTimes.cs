namespace Meridian.Dns.Signing;

/// <summary>When a key is published and used (RFC 7583). A time that is not set is not decided yet.</summary>
/// <param name="Created">When it was made.</param>
/// <param name="Publish">When its DNSKEY enters the zone.</param>
/// <param name="Activate">When it begins to sign.</param>
/// <param name="Retire">When it stops signing.</param>
/// <param name="Remove">When its DNSKEY leaves the zone.</param>
public sealed record KeyTimes(
    DateTimeOffset Created, DateTimeOffset Publish, DateTimeOffset Activate, DateTimeOffset? Retire = null,
    DateTimeOffset? Remove = null)
{
    public static KeyTimes From(DateTimeOffset now) => new(now, now, now);

    public bool IsPublished(DateTimeOffset now) => now >= Publish && !(now >= Remove);

    public bool IsActive(DateTimeOffset now) => now >= Activate && !(now >= Retire);

    /// <summary>The next time after <paramref name="now"/> at which anything changes.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset now) =>
        new[] { Publish, Activate, Retire, Remove }.Where(t => t > now).Min();
}
