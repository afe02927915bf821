using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Records;
using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Sockets;
using Meridian.Dns.Transfers;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.NameServer;
using Meridian.State;

namespace Meridian.Running;

/// <summary>
/// The zones of a node beyond its files: what primaries give and clients update, who is told of new versions, and who
/// signs. Called by the control loop alone, but for what <see cref="IZoneChanges"/> brings, which becomes a signal to
/// it.
/// </summary>
internal sealed class NodeZones : IZoneChanges, IAsyncDisposable
{
    private readonly ZoneHolder _holder;
    private readonly IStateStore _store;
    private readonly TimeProvider _time;
    private readonly Action<Signal> _signal;
    private readonly Action<string> _log;
    private readonly ZonePublisher _publisher;
    private readonly Notifier _notifier;
    private readonly SignatureKeeper _keeper;
    private readonly Dictionary<DnsName, Dictionary<(DnsName, RecordType), RecordSet>> _updates = [];
    private readonly Dictionary<DnsName, (ImmutableArray<MasterRecord> Records, DateTimeOffset CheckedAt)> _kept = [];
    private readonly List<Task> _leaving = [];
    private ImmutableDictionary<DnsName, SecondaryZone> _secondaries =
        ImmutableDictionary<DnsName, SecondaryZone>.Empty;

    public NodeZones(ZoneHolder holder, IStateStore store, TimeProvider time, Action<Signal> signal, Action<string> log)
    {
        _holder = holder;
        _store = store;
        _time = time;
        _signal = signal;
        _log = log;
        Signers = new ZoneSigners(time);
        _publisher = new ZonePublisher(time);
        _notifier = new Notifier(time, log);
        _keeper = new SignatureKeeper(holder, time);
        ReadStore();
        Inputs = new ZoneInputs
        {
            Open = LoadedConfiguration.ReadMasterFile,
            Transferred = RecordsOf,
            Updated = origin => _updates.TryGetValue(origin, out var sets) ? [.. sets.Values] : [],
            Signer = Signers.Of,
        };
    }

    /// <summary>What zones are compiled from besides the resources.</summary>
    public ZoneInputs Inputs { get; }

    public ZoneSigners Signers { get; }

    /// <summary>Puts zones in force, with new serials where others hold copies, and tells those.</summary>
    public void Serve(ZoneSet zones)
    {
        var (served, changed) = _publisher.Publish(zones);
        _holder.Current = served;
        foreach (var origin in changed)
            _notifier.Send(served.Find(origin.Canonical)!, served.Keys);
        _keeper.Wake();
    }

    /// <summary>After a change of verdicts: what steered names answer by default may be a new version.</summary>
    public void Republish()
    {
        if (_holder.Current.Zones.Any(z => z.Policy.IsPublished && z.Steers))
            Serve(_holder.Current);
    }

    /// <summary>
    /// Follows the zones that live elsewhere, as the resources now say; those that are followed already go on.
    /// </summary>
    public void Follow(IEnumerable<(DnsName Origin, ImmutableArray<Peer> Primaries)> wanted)
    {
        var next = ImmutableDictionary.CreateBuilder<DnsName, SecondaryZone>();
        foreach (var (origin, primaries) in wanted.Where(w => !w.Primaries.IsEmpty))
        {
            if (_secondaries.TryGetValue(origin, out var running) && running.Primaries.SequenceEqual(primaries))
            {
                next[origin] = running;
                continue;
            }

            var kept = running is null
                ? _kept.GetValueOrDefault(origin, ([], default)) : (running.Records, running.CheckedAt);
            next[origin] = new SecondaryZone(origin, primaries, name => _holder.Current.Keys.GetValueOrDefault(name),
                kept.Item1, kept.Item2, _time, Changed, secondary =>
                    _store.Zones.SaveChecked(secondary.Origin.ToString(), secondary.CheckedAt), _log);
        }

        var before = _secondaries;
        _secondaries = next.ToImmutable();
        foreach (var gone in before.Values.Where(s => !_secondaries.ContainsValue(s)))
            _leaving.Add(gone.DisposeAsync().AsTask());
        _leaving.RemoveAll(t => t.IsCompleted);
    }

    /// <summary>Changes the records that updates have made; the sets as they were before, to undo it.</summary>
    public ImmutableArray<RecordSet?> Change(DnsName origin, ZoneUpdate update)
    {
        if (!_updates.TryGetValue(origin, out var sets))
            _updates[origin] = sets = [];
        var before = ImmutableArray.CreateBuilder<RecordSet?>();
        foreach (var set in update.Sets)
        {
            before.Add(sets.GetValueOrDefault((set.Owner, set.Type)));
            sets[(set.Owner, set.Type)] = set;
        }

        return before.ToImmutable();
    }

    public void Undo(DnsName origin, ZoneUpdate update, ImmutableArray<RecordSet?> before)
    {
        foreach (var (set, old) in update.Sets.Zip(before))
        {
            if (old is null)
                _updates[origin].Remove((set.Owner, set.Type));
            else
                _updates[origin][(set.Owner, set.Type)] = old;
        }
    }

    public void Save(DnsName origin, ZoneUpdate update)
    {
        _ = _store.Zones.SaveRecordSetsAsync([.. update.Sets.Select(set => new StoredRecordSet(
            origin.ToString(), set.Owner.ToString(), (int)set.Type,
            ZoneBytes.Write(set.Data.Select(d => new MasterRecord(set.Owner, set.Type, set.Ttl, d, "", 0)))))]);
    }

    public void Notified(Zone zone, IPAddress primary) => _secondaries.GetValueOrDefault(zone.Origin)?.Refresh();

    public async ValueTask<bool> ApplyAsync(Zone zone, ZoneUpdate update, CancellationToken cancellationToken)
    {
        var updated = new Signal.Updated(zone.Origin, update);
        _signal(updated);

        // RFC 2136 section 3.5: what is said to be done is on disk.
        return await updated.Done.Task.WaitAsync(cancellationToken) && await _store.FlushAsync(TimeSpan.FromSeconds(5))
            && _store.Fault is null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var secondary in _secondaries.Values)
            await secondary.DisposeAsync();
        await Task.WhenAll(_leaving);
        await _notifier.DisposeAsync();
        await _keeper.DisposeAsync();
    }

    // Before a zone is followed, what was kept of it is what there is.
    private ImmutableArray<MasterRecord>? RecordsOf(DnsName origin)
    {
        var records = _secondaries.TryGetValue(origin, out var secondary)
            ? secondary.Records : _kept.GetValueOrDefault(origin, ([], default)).Records;
        return records.IsEmpty ? null : records;
    }

    private void Changed(SecondaryZone secondary)
    {
        _store.Zones.SaveZone(new StoredZone(
            secondary.Origin.ToString(), secondary.CheckedAt, ZoneBytes.Write(secondary.Records)));
        _signal(new Signal.Transferred(secondary.Origin));
    }

    private void ReadStore()
    {
        foreach (var (origin, checkedAt, octets) in _store.Zones.ReadZones())
        {
            if (DnsName.TryParse(origin, null, out var name, out _) && ZoneBytes.Read(octets) is { } records)
                _kept[name] = (records, checkedAt);
        }

        foreach (var (zone, owner, type, octets) in _store.Zones.ReadRecordSets())
        {
            if (!DnsName.TryParse(zone, null, out var origin, out _)
                || !DnsName.TryParse(owner, null, out var name, out _)
                || ZoneBytes.Read(octets) is not { } records)
                continue;
            if (!_updates.TryGetValue(origin, out var sets))
                _updates[origin] = sets = [];
            sets[(name, (RecordType)type)] = new RecordSet(name, (RecordType)type, records.IsEmpty ? 0 : records[0].Ttl,
                [.. records.Select(r => r.Data)]);
        }
    }
}
