using System.Collections.Immutable;
using Meridian.Dns.Tsig;
using Meridian.Model;

namespace Meridian.NameServer;

/// <summary>
/// What compiling a configuration gave: for each origin a zone or its faults, and the shared keys. A fault of one zone
/// or key leaves the others as they are; <see cref="ZoneSelection"/> says what is served in the place of a faulty one.
/// </summary>
/// <param name="Zones">One for each origin of the configuration.</param>
/// <param name="Keys">The shared keys that could be read.</param>
/// <param name="FaultyKeys">The shared keys that could not.</param>
public sealed record ZoneCompilation(
    ImmutableArray<CompiledZone> Zones, ImmutableArray<SharedKey> Keys, ImmutableArray<FaultyKey> FaultyKeys)
{
    /// <summary>Everything that is wrong, zone by zone.</summary>
    public ImmutableArray<Fault> Faults { get; } =
        [.. Zones.SelectMany(z => z.Faults), .. FaultyKeys.Select(k => k.Fault)];
}
