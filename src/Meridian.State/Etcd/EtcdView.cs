using System.Collections.Immutable;
using Meridian.State.Shared;
using Mvccpb;

namespace Meridian.State.Etcd;

/// <summary>What the reflector has read: takes lists and events, and says what changed. One thread at a time.</summary>
internal sealed class EtcdView(EtcdKeys keys, EtcdFaults faults)
{
    private ImmutableDictionary<string, string> _refused = ImmutableDictionary.Create<string, string>(
        StringComparer.Ordinal);

    public SharedSnapshot Now { get; private set; } = SharedSnapshot.Empty;

    /// <summary>
    /// The revision up to which everything is known: that of <see cref="Now"/>, or a later one at which nothing
    /// differs.
    /// </summary>
    public long Revision { get; private set; }

    /// <summary>
    /// Takes a list: what it does not have is deleted. Null where nothing differs, unless it is the first one or the
    /// store has gone back.
    /// </summary>
    public SharedUpdate? Replace(EtcdListing listing)
    {
        var changed = ImmutableArray.CreateBuilder<string>();
        foreach (var (key, entry) in listing.Snapshot.Entries)
        {
            if (Now.Entries.GetValueOrDefault(key) != entry)
                changed.Add(key);
        }

        foreach (var key in Now.Entries.Keys)
        {
            if (!listing.Snapshot.Entries.ContainsKey(key))
                changed.Add(key);
        }

        Revision = listing.Snapshot.Revision;
        _refused = listing.Refused;
        ReportRefused();
        if (changed.Count == 0 && Now.Revision > 0 && Now.Revision <= Revision)
            return null;
        var update = new SharedUpdate(Now, listing.Snapshot, changed.ToImmutable());
        Now = listing.Snapshot;
        return update;
    }

    /// <summary>
    /// Takes events up to and with a revision; those of revisions that are known already are passed over. Null where
    /// none of them changes anything.
    /// </summary>
    public SharedUpdate? Apply(IReadOnlyList<Event> events, long through)
    {
        var entries = Now.Entries;
        var changed = new HashSet<string>(StringComparer.Ordinal);
        var revision = Revision;
        var refused = _refused;
        foreach (var one in events)
        {
            var at = one.Kv.ModRevision;
            if (at <= Revision || at > through || !keys.TryRead(one.Kv.Key, out var key))
                continue;
            revision = Math.Max(revision, at);
            string? fault = null;
            var entry = one.Type == Event.Types.EventType.Put ? keys.Read(one.Kv, out fault) : null;
            entries = entry is null ? entries.Remove(key) : entries.SetItem(key, entry);
            refused = fault is null ? refused.Remove(key) : refused.SetItem(key, fault);
            changed.Add(key);
        }

        if (revision == Revision)
            return null;
        var update = new SharedUpdate(Now, new SharedSnapshot(revision, entries), [.. changed]);
        (Now, Revision) = (update.Now, revision);
        if (refused != _refused)
        {
            _refused = refused;
            ReportRefused();
        }

        return update;
    }

    private void ReportRefused()
    {
        var first = _refused.Keys.Min(StringComparer.Ordinal);
        faults.Set("values", first is null ? null
            : $"{_refused.Count} of the store's keys cannot be read and count as absent; {first}: {_refused[first]}");
    }
}
