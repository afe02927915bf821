using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model.Joining;
using Meridian.Model.Records;
using Meridian.NameServer;
using Meridian.Operator.Discovering;
using Meridian.Steering;

namespace Meridian.Running.Control;

/// <summary>
/// Makes of inputs what a node serves: the table, the zones and what is wrong with each of them. A pure decision: it
/// acts on nothing, so that a node prepares with it before it commits, and <c>meridian check</c> asks it what a node
/// would do.
/// </summary>
internal static class NextState
{
    /// <summary>Everything, from all inputs.</summary>
    /// <param name="before">What is served now: its memory lives on, and what did not change is used again.</param>
    /// <param name="inputs">What is to be served.</param>
    /// <param name="verdicts">What is known of addresses.</param>
    /// <param name="sources">Where the data and keys of zones are.</param>
    /// <param name="now">The time.</param>
    public static Prepared Of(NodeState before, NodeInputs inputs, IVerdicts verdicts, ZoneSources sources,
        DateTimeOffset now)
    {
        var joined = Compose(inputs);
        var table = SteeringCompiler.Compile(joined.Resources, inputs.Geography, verdicts, now, before.Table);
        var handle = new SteeringHandle { Current = table };
        var compilation = ZoneCompiler.Compile(joined.Resources, table, handle, sources.For(inputs.Zones));
        var selection = ZoneSelection.Of(compilation, before.Zones, table, handle);
        return new Prepared
        {
            Resources = joined.Resources,
            RefusedContributions = joined.Refused,
            Table = table,
            Handle = handle,
            Zones = selection.Zones,
            ZoneFailures = selection.Kept.Select(z => (Zone: z, IsKept: true))
                .Concat(selection.Failed.Select(z => (Zone: z, IsKept: false)))
                .ToImmutableDictionary(z => z.Zone.Origin, z => new ZoneFailure(z.Zone.Faults, z.IsKept)),
            KeyFaults = [.. compilation.FaultyKeys.Select(k => k.Fault)],
        };
    }

    /// <summary>Some zones alone, from other data of theirs; the table and all other zones stay.</summary>
    public static Prepared OfZones(NodeState before, NodeInputs inputs, IReadOnlyCollection<DnsName> origins,
        ZoneSources sources)
    {
        var (zones, failures) = (before.Zones, before.ZoneFailures);
        foreach (var origin in origins)
        {
            if (ZoneCompiler.Compile(before.Resources, before.Table, before.Handle, sources.For(inputs.Zones), origin)
                is not { } compiled)
                continue;
            (zones, failures) = compiled.Zone is { } sound
                ? (zones.With(sound), failures.Remove(origin)) : Keep(compiled, zones, failures);
        }

        return new Prepared
        {
            Resources = before.Resources,
            RefusedContributions = before.RefusedContributions,
            Handle = before.Handle,
            Zones = zones,
            ZoneFailures = failures,
            KeyFaults = before.KeyFaults,
        };
    }

    private static (ZoneSet, ImmutableDictionary<DnsName, ZoneFailure>) Keep(CompiledZone faulty, ZoneSet zones,
        ImmutableDictionary<DnsName, ZoneFailure> failures)
    {
        var isKept = zones.Find(faulty.Origin.Canonical) is { IsLoaded: true };
        return (isKept ? zones : zones.With(AuthoritativeZone.Failed(faulty.Origin, faulty.Policy)),
            failures.SetItem(faulty.Origin, new ZoneFailure(faulty.Faults, isKept)));
    }

    private static Joined Compose(NodeInputs inputs)
    {
        var resources = RecordComposer.WithRecords(inputs.Configuration.Resources, [.. inputs.Owners.Values]);
        var joined = Expansion.Of(resources, inputs.Discovery, inputs.Contributions);
        return joined with { Resources = GatewayFronts.Of(joined.Resources) };
    }
}
