using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model.Records;
using Meridian.Operator.Discovering;

namespace Meridian.Running.Control;

/// <summary>
/// All that a node's table and zones are made of, besides what is known of addresses. Immutable: a
/// <see cref="Change"/> makes the next one.
/// </summary>
internal sealed record NodeInputs
{
    /// <summary>What files and custom resources say, sound in itself.</summary>
    public required LoadedConfiguration Configuration { get; init; }

    /// <summary>Where clients are.</summary>
    public GeoDatabase Geography { get; init; } = GeoDatabase.None;

    /// <summary>What clusters say.</summary>
    public Discovery Discovery { get; init; } = Discovery.None;

    /// <summary>Clients with records, by their id.</summary>
    public ImmutableSortedDictionary<string, RecordOwner> Owners { get; init; } =
        ImmutableSortedDictionary.Create<string, RecordOwner>(StringComparer.Ordinal);

    /// <summary>Sources of clients' addresses that have lapsed: the client is silent and its probes fail.</summary>
    public ImmutableHashSet<string> Lapsed { get; init; } = [];

    /// <summary>What zones hold besides their files and resources.</summary>
    public ZoneData Zones { get; init; } = ZoneData.Empty;

    /// <summary>
    /// The revision of the shared store that clients' records and updates of zones are of, so that what was written
    /// here is not undone by what is known of the store from before; 0 without one.
    /// </summary>
    public long StoreRevision { get; init; }

    /// <summary>What clients offer to endpoints, without what has lapsed.</summary>
    public ImmutableArray<Model.Joining.Contribution> Contributions =>
        [.. RecordComposer.Contributions([.. Owners.Values]).Where(c => !Lapsed.Contains(c.Source))];
}
