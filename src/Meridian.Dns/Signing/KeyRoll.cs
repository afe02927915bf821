using System.Collections.Immutable;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>Plans the replacement of keys (RFC 7583). Pure: returns the keys as they are to be written.</summary>
public static class KeyRoll
{
    /// <summary>
    /// Adds a key beside those of its role. A ZSK is published before it signs, and takes over when every cache has
    /// seen it (section 3.2.1). A KSK or CSK signs beside the old one until the parent has its DS, which a person or
    /// the parent's CDS scanner provides; <see cref="Retire"/> then ends the old one (section 3.3.1).
    /// </summary>
    /// <param name="zone">The zone.</param>
    /// <param name="keys">The existing keys.</param>
    /// <param name="role">The role to roll.</param>
    /// <param name="now">The time.</param>
    /// <param name="propagation">How long until a change is on every secondary and the old DNSKEY set out of every
    /// cache.</param>
    /// <param name="maxTtl">The longest that a signature stays in a cache.</param>
    public static ImmutableArray<SigningKey> Begin(
        DnsName zone, IReadOnlyCollection<SigningKey> keys, KeyRole role, DateTimeOffset now, TimeSpan propagation,
        TimeSpan maxTtl)
    {
        var takeOver = now + propagation;
        var algorithm = keys.Where(k => k.Role == role).Select(k => k.Algorithm).LastOrDefault(EcdsaKey.Number);
        var made = SigningKey.Create(zone, role, new KeyTimes(now, now, takeOver), algorithm);
        if (role != KeyRole.Zsk)
            return [made];
        return
        [
            made,
            .. keys.Where(k => k.Role == role && k.Times.Retire is null)
                .Select(k => With(k, k.Times with { Retire = takeOver, Remove = takeOver + maxTtl })),
        ];
    }

    /// <summary>Ends a key: it signs no more, and its DNSKEY goes when no cache holds a signature of it.</summary>
    public static SigningKey Retire(SigningKey key, DateTimeOffset now, TimeSpan maxTtl) =>
        With(key, key.Times with { Retire = now, Remove = now + maxTtl });

    private static SigningKey With(SigningKey key, KeyTimes times) => new(key.Zone, key.Role, times, key.Key);
}
