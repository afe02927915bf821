namespace Meridian.Dns.Signing;

/// <summary>When a key is seen and used (RFC 7583). A time that is not set has not been decided.</summary>
/// <param name="Created">When it was made.</param>
/// <param name="Publish">From when on its DNSKEY is in the zone.</param>
/// <param name="Activate">From when on it signs.</param>
/// <param name="Retire">From when on it signs no more.</param>
/// <param name="Remove">From when on its DNSKEY is gone.</param>
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
