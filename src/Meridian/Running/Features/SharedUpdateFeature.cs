using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Fleet;
using Meridian.Fleet.Updates;
using Meridian.Running.Control;
using Meridian.State;
using Meridian.State.Shared;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// The dynamic updates of zones (RFC 2136) that nodes share: whichever node takes one, all serve it, in one order. Each
/// node keeps a copy on its own disk. What a node alone has of a zone that the store does not know, it offers.
/// </summary>
/// <param name="store">Writes into the shared store.</param>
/// <param name="copy">This node's own store.</param>
/// <param name="loop">The control loop.</param>
/// <param name="history">Where it is told what was taken in.</param>
/// <param name="isAttached">Whether the shared store is followed.</param>
/// <param name="advance">Wakes those who wait for news of the store.</param>
internal sealed class SharedUpdateFeature(SharedUpdateStore store, IZoneDataStore copy, ControlLoop loop,
    History history, Func<bool> isAttached, StoreAdvance advance) : IFeature, ISharedPart
{
    private const int Attempts = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private readonly HashSet<string> _due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UpdatedZone> _copied = new(StringComparer.Ordinal);
    private volatile SharedUpdateBook _book = SharedUpdateBook.Empty;
    private Adoption? _adoption;
    private Task _offering = Task.CompletedTask;
    private volatile string? _refusal;

    public string Name => "shared updates";

    /// <summary>Why updates that this node alone has are not taken into the store; null where none wait.</summary>
    public string? Refusal => _refusal;

    /// <summary>
    /// Makes an update of a zone as all nodes have it, keeps it in the store and puts it in force; again where another
    /// node was first. False where it cannot be kept.
    /// </summary>
    /// <param name="origin">The zone.</param>
    /// <param name="evaluate">What the update makes of the zone; null for nothing.</param>
    /// <param name="served">Gives the zone once all that is in force is served.</param>
    public async Task<bool> ApplyAsync(DnsName origin, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
        Func<Task<AuthoritativeZone>> served)
    {
        var (zone, saved) = (UpdatedZone.None, default(SharedSave));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await SettleAsync(origin, saved.IsStale ? zone.Head : -1) is not { } settled)
                return false;
            zone = settled;
            if (evaluate(await served()) is not { } update)
                return true;
            saved = default;
            var sets = update.Sets.Select(s => StoredZones.Of(origin, s)).ToArray();
            var change = ZoneFeature.UpdateOf(origin, update);
            var refusal = await loop.SubmitAsync(change with
            {
                Apply = inputs => WithRevision(change.Apply(inputs), origin, saved.Revision),
                Store = async _ => saved.Revision > 0 ? null
                    : (saved = await store.SaveAsync(zone, origin.ToString(), sets)).Fault,
            });
            if (refusal is null)
                return true;
            if (!saved.IsStale)
                return false;
        }

        return false;
    }

    public void Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys)
    {
        _book = _book.After(snapshot, keys);
        foreach (var zone in SharedUpdateBook.ZonesOf(keys))
        {
            _due.Add(zone);
            Copy(zone, _book.Find(zone));
        }

        advance.Wake();
        Advance();
    }

    public void Tick(DateTimeOffset now)
    {
        Advance();
        if (!_offering.IsCompleted || !isAttached() || _book.Revision == 0)
            return;
        var alone = loop.State.Inputs.Zones.Updated.FirstOrDefault(
            z => !z.Value.IsEmpty && _book.Find(z.Key.ToString()).Head == 0);
        if (alone.Key is null)
            _refusal = null;
        else
            _offering = OfferAsync(alone.Key, alone.Value.Values);
    }

    public void Commit(NodeState before, NodeState now)
    {
        if (!ReferenceEquals(before.Inputs.Zones, now.Inputs.Zones))
            advance.Wake();
    }

    // An update is made for what all nodes have: what is known of the store is in force here, and nothing else is.
    private async Task<UpdatedZone?> SettleAsync(DnsName origin, long after)
    {
        var text = origin.ToString();
        if (_book.Find(text).Head == 0 && loop.State.Inputs.Zones.UpdatedOf(origin) is { IsEmpty: false } alone
            && await store.OfferAsync(text, [.. alone.Select(s => StoredZones.Of(origin, s))])
                is { Fault: not null, IsStale: false })
            return null;
        var zone = UpdatedZone.None;
        return await advance.UntilAsync(() =>
        {
            zone = _book.Find(text);
            return zone.Head > after && zone.Head == loop.State.Inputs.Zones.HeadOf(origin);
        }, Limit) ? zone : null;
    }

    private static NodeInputs WithRevision(NodeInputs inputs, DnsName origin, long revision) => revision == 0 ? inputs
        : inputs with
        {
            StoreRevision = Math.Max(inputs.StoreRevision, revision),
            Zones = inputs.Zones with { Heads = inputs.Zones.Heads.SetItem(origin, revision) },
        };

    private void Advance() => (_adoption ??= new Adoption(loop, () => _book.Revision, Next)).Advance();

    // The next zone whose updates are others than those in force here. One that the store does not know stays as it is.
    private Adoptable? Next()
    {
        while (_due.FirstOrDefault() is { } text)
        {
            _due.Remove(text);
            var zone = _book.Find(text);
            if (!DnsName.TryParse(text, null, out var origin, out _) || zone.Head == 0
                || loop.State.Inputs.Zones.HeadOf(origin) == zone.Head)
                continue;
            var sets = new Lazy<ImmutableArray<RecordSet>>(
                () => [.. zone.Sets.Values.Select(StoredZones.SetOf).OfType<RecordSet>()]);
            return new Adoptable($"updates of {origin} at other nodes", origin,
                inputs => inputs with { Zones = inputs.Zones.WithShared(origin, sets.Value, zone.Head) },
                () => _due.Add(text));
        }

        return null;
    }

    private void Copy(string origin, UpdatedZone zone)
    {
        if (zone.Head == 0)
            return;
        var before = _copied.GetValueOrDefault(origin);
        _copied[origin] = zone;
        if (before is null || before.Sets.Keys.Any(k => !zone.Sets.ContainsKey(k)))
            copy.ReplaceRecordSets(origin, [.. zone.Sets.Values]);
        else
            _ = copy.SaveRecordSetsAsync([.. zone.Sets
                .Where(s => !ReferenceEquals(s.Value, before.Sets.GetValueOrDefault(s.Key))).Select(s => s.Value)]);
    }

    private async Task OfferAsync(DnsName origin, IEnumerable<RecordSet> sets)
    {
        StoredRecordSet[] alone = [.. sets.Select(s => StoredZones.Of(origin, s))];
        var saved = await store.OfferAsync(origin.ToString(), alone);
        if (saved.IsStale)
            return;
        if (saved.Fault is null)
            history.Record(LogLevel.Information, "zone", origin.ToString(),
                $"updates of {origin}, which this node alone had, are in the shared store: {alone.Length} record sets");
        else if (_refusal != saved.Fault)
            history.Record(LogLevel.Warning, "zone", origin.ToString(), $"updates of {origin}, which this node alone "
                + $"has, are served here and are not in the shared store: {saved.Fault}");
        _refusal = saved.Fault;
    }
}
