using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Sockets;
using Meridian.Dns.Transfers;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.NameServer;
using Meridian.Running.Control;
using Meridian.State;

namespace Meridian.Running.Features;

/// <summary>
/// The zones of a node beyond its files: what primaries give and clients update, who is told of new versions, and who
/// signs. Puts each new set of zones in force.
/// </summary>
internal sealed class ZoneFeature : IZoneChanges, IFeature, IAsyncDisposable
{
    private readonly ZoneHolder _holder;
    private readonly IZoneDataStore _store;
    private readonly Action<string> _log;
    private readonly ControlLoop _loop;
    private readonly ZonePublication _publication;
    private readonly Notifier _notifier;
    private readonly SignatureKeeper _keeper;
    private readonly SecondarySet _secondaries;
    private readonly SharedUpdateFeature? _shared;
    private readonly SharedVersionFeature? _versions;
    private readonly SharedZonePublisher? _publisher;

    // Zones with a new version whose secondaries have not been notified yet.
    private readonly HashSet<DnsName> _toNotify = [];
    private bool _isOpen;

    public ZoneFeature(ZoneHolder holder, IZoneDataStore store, ControlLoop loop, TimeProvider time, Action<string> log,
        Action<string> alarm, SharedUpdateFeature? shared = null,
        SharedVersionFeature? versions = null)
    {
        (_holder, _store, _loop, _log, _shared, _versions) = (holder, store, loop, log, shared, versions);
        var serials = StoredZones.SerialsOf(store.ReadSerials());
        _publisher = versions is null ? null : new SharedZonePublisher(time, versions.Find, serials);
        if (versions is not null)
            (versions.Republish, versions.TakenOver) = (() => _publication!.Serve(loop.State), Notify);
        _publication = new ZonePublication(
            _publisher is null ? new ZonePublisher(time, serials).Publish : _publisher.Publish, holder, Published,
            e => alarm($"zones cannot be published, and those from before serve on: {e.Message}"), time);
        _notifier = new Notifier(time, log);
        _keeper = new SignatureKeeper(holder,
            e => alarm($"signatures could not be renewed, and that is tried again: {e.Message}"), time);
        var transfers = StoredZones.TransfersOf(store.ReadZones());
        Remembered = StoredZones.Read(store.ReadRecordSets(), transfers);
        _secondaries = new SecondarySet(store, name => loop.State.Zones.Keys.GetValueOrDefault(name), time,
            secondary => _ = ReceiveAsync(secondary.Origin, secondary.CheckedAt, secondary.Records), log)
        {
            Remembered = transfers,
        };
    }

    public string Name => "zones";

    public Task WhenActed() => _publication.WhenServed();

    /// <inheritdoc cref="SecondarySet.Stalled"/>
    public DnsName? StalledSecondary => _secondaries.Stalled;

    /// <inheritdoc cref="SignatureKeeper.IsStalled"/>
    public bool IsSigningStalled => _keeper.IsStalled;

    /// <inheritdoc cref="ZonePublication.IsStalled"/>
    public bool IsPublicationStalled => _publication.IsStalled;

    /// <summary>
    /// Tells secondaries of new versions from now on: what they are told of before the sockets are open they cannot
    /// fetch, and try again only much later.
    /// </summary>
    public void Open()
    {
        lock (_toNotify)
        {
            _isOpen = true;
            Notify();
        }
    }

    /// <summary>What the store has kept of zones.</summary>
    public ZoneData Remembered { get; }

    public void Tick(DateTimeOffset now)
    {
        if (_publication.HasFailed)
            _publication.Serve(_loop.State);
    }

    public void Commit(NodeState before, NodeState now)
    {
        // What steered names answer by default may be a new version of a zone that others copy.
        if (!ReferenceEquals(before.Zones, now.Zones)
            || (!ReferenceEquals(before.Table, now.Table)
                && now.Zones.Zones.Any(z => z.Policy.IsPublished && z.Steers)))
            _publication.Serve(now);
        if (!ReferenceEquals(before.Resources, now.Resources))
            _secondaries.Follow(now.Resources.Zones.Where(z => !z.Primaries.IsEmpty)
                .Select(z => ZoneCompiler.PrimariesOf(z, now.Resources)));
    }

    public void Notified(AuthoritativeZone zone, IPAddress primary) => _secondaries.Refresh(zone.Origin);

    /// <summary>
    /// RFC 2136 section 3.5: an update that is said to be done is on disk. One that has begun ends with its change and
    /// not with its client, so that the next one builds on what came of it (section 3.7).
    /// </summary>
    public async ValueTask<bool> ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
        CancellationToken cancellationToken)
    {
        if (_shared is not null)
            return await _shared.ApplyAsync(zone.Origin, evaluate, Served);
        if (evaluate(zone) is not { } update)
            return true;
        return await _loop.SubmitAsync(UpdateOf(zone.Origin, update) with
        {
            Store = _ => _store.SaveRecordSetsAsync([.. update.Sets.Select(s => StoredZones.Of(zone.Origin, s))]),
        }) is null;

        async Task<AuthoritativeZone> Served()
        {
            await _publication.WhenServed();
            return _holder.Current.Find(zone.Origin.Canonical) ?? zone;
        }
    }

    /// <summary>A change of a zone by a dynamic update, refused where the zone would not be sound.</summary>
    internal static Change UpdateOf(DnsName origin, ZoneUpdate update) => new($"an update of {origin}",
        inputs => inputs with { Zones = inputs.Zones.WithUpdate(origin, update) })
    {
        Zone = origin,
        Refuse = prepared => prepared.ZoneFailures.GetValueOrDefault(origin)?.Faults[0].Message,
    };

    public async ValueTask DisposeAsync()
    {
        await _secondaries.DisposeAsync();
        await _publication.DisposeAsync();
        await _notifier.DisposeAsync();
        await _keeper.DisposeAsync();
    }

    // Not on the control loop. Zones that others copy have new serials, and those servers are notified.
    private void Published(ZoneSet zones, ZoneSet served, ImmutableArray<DnsName> changed)
    {
        foreach (var origin in changed)
            Keep(zones.Find(origin.Canonical)!, served.Find(origin.Canonical)!);
        if (_publisher is not null)
            _versions!.Propose(_publisher.Proposals);
        lock (_toNotify)
        {
            _toNotify.UnionWith(changed.Where(o => _versions?.Notifies(o) != false));
            if (_isOpen)
                Notify();
        }

        _keeper.Wake();
    }

    private void Keep(AuthoritativeZone compiled, AuthoritativeZone served)
    {
        _store.SaveSerial(served.Origin.ToString(), served.Serial);
        if (compiled.Apex.Find(RecordType.ZONEMD) is not null && served.Apex.Find(RecordType.ZONEMD) is null)
            _log($"zone {served.Origin}: the digest of the zone (ZONEMD) is left out: it is made for serial "
                + $"{compiled.Serial}, and the zone is served with {served.Serial}");
    }

    // The node that published the zone may have gone before it had notified everybody.
    private void Notify(DnsName origin)
    {
        lock (_toNotify)
        {
            _toNotify.Add(origin);
            if (_isOpen)
                Notify();
        }
    }

    private void Notify()
    {
        var zones = _holder.Current;
        foreach (var zone in _toNotify.Select(origin => zones.Find(origin.Canonical)).OfType<AuthoritativeZone>())
            _notifier.Send(zone, zones.Keys);
        _toNotify.Clear();
    }

    /// <summary>
    /// Serves what a primary has given. A version that cannot be compiled is not stored: after a restart the last good
    /// one is served again, and not SERVFAIL.
    /// </summary>
    internal Task<ChangeRefusal?> ReceiveAsync(DnsName origin, DateTimeOffset checkedAt,
        ImmutableArray<MasterRecord> records)
    {
        // Written here and not on the control loop: a zone may have a million records.
        var stored = new StoredZone(origin.ToString(), checkedAt, ZoneBytes.Write(records));
        return _loop.SubmitAsync(new Change($"a transfer of {origin}",
            inputs => inputs with { Zones = inputs.Zones.WithTransfer(origin, records) })
        {
            Zone = origin,
            Committed = (_, now) =>
            {
                if (!now.ZoneFailures.ContainsKey(origin))
                    _store.SaveZone(stored);
            },
        });
    }
}
