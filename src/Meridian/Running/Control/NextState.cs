using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
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
    /// <summary>Everything, from all inputs. What did not change is used again.</summary>
    /// <param name="before">What is served now.</param>
    /// <param name="inputs">What is to be served.</param>
    /// <param name="verdicts">What is known of addresses.</param>
    /// <param name="sources">Where the data and keys of zones are.</param>
    /// <param name="now">The time.</param>
    public static Prepared Of(NodeState before, NodeInputs inputs, IVerdicts verdicts, ZoneSources sources,
        DateTimeOffset now)
    {
        var joined = IsSameComposition(before, inputs)
            ? new Joined(before.Resources, before.RefusedContributions) : Compose(inputs);
        var table = SteeringCompiler.Compile(joined.Resources, inputs.Geography, verdicts, now, before.Table);
        var zones = ZoneReuse.IsPossible(before, joined.Resources, inputs, table)
            ? Some(before, before.Handle, joined.Resources, table, inputs,
                ZoneReuse.ChangedOrigins(before, joined.Resources), sources)
            : All(before, joined.Resources, table, inputs, sources);
        return zones with { RefusedContributions = joined.Refused, Table = table };
    }

    /// <summary>Some zones alone, from other data of theirs; the table and all other zones stay.</summary>
    public static Prepared OfZones(NodeState before, NodeInputs inputs, IReadOnlyCollection<DnsName> origins,
        ZoneSources sources) =>
        Some(before, before.Handle, before.Resources, before.Table, inputs, origins, sources);

    // What is made of the same things is the same: no feature looks at all resources again because a name has resolved.
    // Before the first state nothing was composed.
    private static bool IsSameComposition(NodeState before, NodeInputs inputs) =>
        !ReferenceEquals(before.Resources, ResourceSet.Empty)
        && ReferenceEquals(before.Inputs.Configuration, inputs.Configuration)
        && ReferenceEquals(before.Inputs.Owners, inputs.Owners)
        && ReferenceEquals(before.Inputs.Lapsed, inputs.Lapsed)
        && ReferenceEquals(before.Inputs.Discovery, inputs.Discovery);

    private static Joined Compose(NodeInputs inputs)
    {
        var resources = RecordComposer.WithRecords(inputs.Configuration.Resources, [.. inputs.Owners.Values]);
        var joined = Expansion.Of(resources, inputs.Discovery, inputs.Contributions);
        return joined with { Resources = GatewayFronts.Of(joined.Resources) };
    }

    // New zones get a new handle, so that no query can meet zones and a table that do not belong together.
    private static Prepared All(NodeState before, ResourceSet resources, SteeringTable table, NodeInputs inputs,
        ZoneSources sources)
    {
        var handle = new SteeringHandle { Current = table };
        var compilation = ZoneCompiler.Compile(resources, table, handle, sources.For(inputs.Zones));
        var selection = ZoneSelection.Of(compilation, before.Zones, table, handle);
        return new Prepared
        {
            Resources = resources,
            RefusedContributions = before.RefusedContributions,
            Handle = handle,
            Zones = selection.Zones,
            ZoneFailures = selection.Kept.Select(z => (Zone: z, IsKept: true))
                .Concat(selection.Failed.Select(z => (Zone: z, IsKept: false)))
                .ToImmutableDictionary(z => z.Zone.Origin, z => new ZoneFailure(z.Zone.Faults, z.IsKept)),
            ZoneWarnings = compilation.Zones.Where(z => !z.Warnings.IsEmpty)
                .ToImmutableDictionary(z => z.Origin, z => z.Warnings),
            KeyFaults = [.. compilation.FaultyKeys.Select(k => k.Fault)],
        };
    }

    private static Prepared Some(NodeState before, SteeringHandle handle, ResourceSet resources, SteeringTable table,
        NodeInputs inputs, IReadOnlyCollection<DnsName> origins, ZoneSources sources)
    {
        var (zones, failures, warnings) = (before.Zones, before.ZoneFailures, before.ZoneWarnings);
        foreach (var origin in origins)
        {
            if (ZoneCompiler.Compile(resources, table, handle, sources.For(inputs.Zones), origin) is not { } compiled)
                continue;
            (zones, failures) = compiled.Zone is { } sound
                ? (zones.With(sound), failures.Remove(origin)) : Keep(compiled, zones, failures);
            warnings = compiled.Warnings.IsEmpty
                ? warnings.Remove(origin) : warnings.SetItem(origin, compiled.Warnings);
        }

        return new Prepared
        {
            Resources = resources,
            RefusedContributions = before.RefusedContributions,
            Handle = handle,
            Zones = zones,
            ZoneFailures = failures,
            ZoneWarnings = warnings,
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
}
