using System.Collections.Frozen;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Naming;

/// <summary>The zones of a configuration by their origins: finds the zone that a name lies in.</summary>
public sealed class ZoneNames
{
    private readonly FrozenDictionary<string, NamedZone> _byOrigin;

    /// <param name="zones">The zones; of two with the same origin the first counts.</param>
    internal ZoneNames(IEnumerable<Zone> zones)
    {
        _byOrigin = zones
            .Select(z => DomainName.TryNormalize(z.Origin, null, out var origin, out _)
                ? new NamedZone(z, origin) : null)
            .OfType<NamedZone>()
            .DistinctBy(z => z.Origin)
            .ToFrozenDictionary(z => z.Origin);
    }

    /// <summary>
    /// The zone that a name lies in: of nested zones the innermost one. Null where the name is outside every zone.
    /// </summary>
    /// <param name="name">A name in canonical form; may start with <c>*.</c>.</param>
    public NamedZone? ZoneOf(string name)
    {
        for (var suffix = name; suffix is not null; suffix = DomainName.ParentOf(suffix))
        {
            if (_byOrigin.TryGetValue(suffix, out var zone))
                return zone;
        }

        return null;
    }
}
