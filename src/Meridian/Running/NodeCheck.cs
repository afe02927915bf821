using System.Collections.Immutable;
using System.Net;
using Meridian.CommandLine;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.NameServer;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.Steering;

namespace Meridian.Running;

/// <summary>Checks a configuration as a node would that has to serve it.</summary>
internal static class NodeCheck
{
    /// <param name="paths">YAML files, or folders of them.</param>
    /// <param name="allowEmpty">Whether a file may hold no resource.</param>
    /// <param name="data">What the node serves besides its files; null for nothing.</param>
    /// <param name="time">The clock.</param>
    public static LoadedConfiguration Run(
        IReadOnlyCollection<string> paths, bool allowEmpty, StoredData? data, TimeProvider time)
    {
        var loaded = LoadedConfiguration.Load(paths, allowEmpty);
        return data is null || !loaded.Faults.IsEmpty ? loaded : With(loaded, data, time);
    }

    // What the node would put into force, and what is wrong with it.
    private static LoadedConfiguration With(LoadedConfiguration loaded, StoredData data, TimeProvider time)
    {
        var inputs = new NodeInputs
        {
            Configuration = loaded,
            Owners = data.Owners.ToImmutableSortedDictionary(o => o.Id, o => o, StringComparer.Ordinal),
            Discovery = data.Discovery,
            Zones = StoredZones.Read(data.RecordSets, StoredZones.TransfersOf(data.Zones)),
        };
        var sources = new ZoneSources(LoadedConfiguration.ReadMasterFile, new ZoneSigners(time, ProgramName.Current));
        var prepared = NextState.Of(new NodeState { Inputs = inputs }, inputs, new NothingKnown(), sources,
            time.GetUtcNow());
        return loaded with
        {
            Faults = FaultsOf(prepared),
            Warnings = [.. loaded.Warnings.Concat(WarningsOf(prepared)).Distinct()],
        };
    }

    private static ImmutableArray<Fault> FaultsOf(Prepared prepared) =>
    [
        .. prepared.ZoneFailures.OrderBy(z => z.Key.ToString(), StringComparer.Ordinal).SelectMany(z => z.Value.Faults),
        .. prepared.KeyFaults,
        .. prepared.RefusedContributions.OrderBy(r => r.Key, StringComparer.Ordinal)
            .Select(r => new Fault(new Location("records", 0, 0), $"{r.Key} is not used: {r.Value}")),
    ];

    private static ImmutableArray<Fault> WarningsOf(Prepared prepared) =>
        [.. prepared.ZoneWarnings.OrderBy(z => z.Key.ToString(), StringComparer.Ordinal).SelectMany(z => z.Value)];

    /// <summary>The verdicts of a node that has probed nothing.</summary>
    private sealed class NothingKnown : IVerdicts
    {
        public Verdict Of(ProbeKey key) => Verdict.Unknown;

        public Override? OverrideOf(string pool, string value, string? site) => null;

        public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];
    }
}
