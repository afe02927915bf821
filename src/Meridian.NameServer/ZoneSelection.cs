using System.Collections.Immutable;
using Meridian.Dns.Tsig;
using Meridian.Dns.Zones;
using Meridian.Steering;

namespace Meridian.NameServer;

/// <summary>
/// Which zones are served after a compilation. A faulty zone keeps its last good data, with its steered names bound to
/// the new steering table; where there is no good data, its names answer SERVFAIL. A shared key that cannot be read
/// keeps its last good secret.
/// </summary>
/// <param name="Zones">What is served, keys included.</param>
/// <param name="Kept">The faulty zones whose last good data is served.</param>
/// <param name="Failed">The faulty zones that have none and answer SERVFAIL.</param>
public sealed record ZoneSelection(
    ZoneSet Zones, ImmutableArray<CompiledZone> Kept, ImmutableArray<CompiledZone> Failed)
{
    /// <summary>Selects the zones to serve.</summary>
    /// <param name="compilation">What compiling the new configuration gave.</param>
    /// <param name="previous">What was served until now.</param>
    /// <param name="table">The steering table of the new configuration.</param>
    /// <param name="handle">The handle that the new zones were compiled with.</param>
    public static ZoneSelection Of(
        ZoneCompilation compilation, ZoneSet previous, SteeringTable table, SteeringHandle handle)
    {
        var steered = new SteeredNames(table, handle);
        var zones = ImmutableArray.CreateBuilder<AuthoritativeZone>();
        var kept = ImmutableArray.CreateBuilder<CompiledZone>();
        var failed = ImmutableArray.CreateBuilder<CompiledZone>();
        foreach (var compiled in compilation.Zones)
        {
            if (compiled.Zone is { } sound)
            {
                zones.Add(sound);
            }
            else if (LastGoodOf(compiled, previous, steered) is { } lastGood)
            {
                zones.Add(lastGood);
                kept.Add(compiled);
            }
            else
            {
                zones.Add(AuthoritativeZone.Failed(compiled.Origin, compiled.Policy));
                failed.Add(compiled);
            }
        }

        return new ZoneSelection(
            new ZoneSet(zones, KeysOf(compilation, previous)), kept.ToImmutable(), failed.ToImmutable());
    }

    // The zone is built anew from its own records, which were sound together, and from those of its steered names that
    // the new configuration still steers: an index of the old table may mean another endpoint in the new one.
    private static AuthoritativeZone? LastGoodOf(CompiledZone compiled, ZoneSet previous, SteeredNames steered)
    {
        if (previous.Find(compiled.Origin.Canonical) is not { IsLoaded: true } zone)
            return null;
        var builder = new ZoneBuilder(zone.Origin, compiled.Policy, zone.Signer);
        foreach (var node in zone.Nodes)
        {
            foreach (var set in node.Sets)
                builder.Replace(set);
            if (node.Steered is SteeredName before && steered.Rebind(node.Name, before) is { } rebound)
                builder.Steer(node.Name, rebound);
        }

        return builder.Build(out _);
    }

    private static IEnumerable<SharedKey> KeysOf(ZoneCompilation compilation, ZoneSet previous) =>
        compilation.Keys.Concat(compilation.FaultyKeys
            .Select(k => previous.Keys.GetValueOrDefault(k.Name)).OfType<SharedKey>());
}
