using System.Collections.Immutable;
using Meridian.Dns.Serving;
using Meridian.Dns.Transfers;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.State;

namespace Meridian.Running.Features;

/// <summary>The zones that live elsewhere and are followed here. Changed by one caller at a time.</summary>
internal sealed class SecondarySet(IZoneDataStore store, Func<DnsName, SharedKey?> keys, TimeProvider time,
    Action<SecondaryZone> changed, Action<string> log) : IAsyncDisposable
{
    private readonly List<Task> _ending = [];
    private ImmutableDictionary<DnsName, SecondaryZone> _running = ImmutableDictionary<DnsName, SecondaryZone>.Empty;

    /// <summary>What the store had of each zone at the start, and when its primary last said that it was current.
    /// </summary>
    public ImmutableDictionary<DnsName, (ImmutableArray<MasterRecord> Records, DateTimeOffset CheckedAt)> Remembered
    {
        get;
        init;
    } = ImmutableDictionary<DnsName, (ImmutableArray<MasterRecord> Records, DateTimeOffset CheckedAt)>.Empty;

    /// <summary>Follows these zones alone; those that are followed already from the same primaries go on.</summary>
    public void Follow(IEnumerable<(DnsName Origin, ImmutableArray<Peer> Primaries)> wanted)
    {
        var next = ImmutableDictionary.CreateBuilder<DnsName, SecondaryZone>();
        foreach (var (origin, primaries) in wanted.Where(w => !w.Primaries.IsEmpty))
        {
            next[origin] = _running.TryGetValue(origin, out var running) && running.Primaries.SequenceEqual(primaries)
                ? running : Start(origin, primaries, running);
        }

        var before = _running;
        _running = next.ToImmutable();
        foreach (var gone in before.Values.Where(s => !_running.ContainsValue(s)))
            _ending.Add(gone.DisposeAsync().AsTask());
        _ending.RemoveAll(t => t.IsCompleted);
    }

    /// <summary>A zone whose refresh does not end, so that it is not followed any more; null for none.</summary>
    public DnsName? Stalled => Volatile.Read(ref _running).FirstOrDefault(s => s.Value.IsStalled).Key;

    /// <summary>Asks the primary of a zone now whether it has a new version.</summary>
    public void Refresh(DnsName origin) => Volatile.Read(ref _running).GetValueOrDefault(origin)?.Refresh();

    public async ValueTask DisposeAsync()
    {
        foreach (var secondary in _running.Values)
            await secondary.DisposeAsync();
        await Task.WhenAll(_ending);
    }

    // A zone with other primaries than before goes on from what it has.
    private SecondaryZone Start(DnsName origin, ImmutableArray<Peer> primaries, SecondaryZone? before)
    {
        var (records, checkedAt) = before is null
            ? Remembered.GetValueOrDefault(origin, ([], default)) : (before.Records, before.CheckedAt);
        return new SecondaryZone(origin, primaries, keys, records, checkedAt, time, changed,
            secondary => store.SaveChecked(secondary.Origin.ToString(), secondary.CheckedAt), log);
    }
}
