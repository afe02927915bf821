using System.Collections.Immutable;
using Meridian.Api.Access;
using Meridian.Model.Joining;
using Meridian.Model.Records;
using Meridian.State;

namespace Meridian.Running;

/// <summary>
/// The records that clients wrote. Changed by the control loop alone; read by all. A client that falls silent is warned
/// of, and when its lease has run out its targets leave those names where probes find them down.
/// </summary>
internal sealed class NodeRecords
{
    /// <summary>The last contact is kept this often, so that a sync a minute is no write a minute.</summary>
    private static readonly TimeSpan KeepContact = TimeSpan.FromMinutes(1);

    private readonly IRecordOwnerStore _store;
    private readonly Dictionary<string, DateTimeOffset> _keptAt = [];
    private readonly HashSet<string> _warned = [];
    private volatile ImmutableDictionary<string, RecordOwner> _owners;

    public NodeRecords(IRecordOwnerStore store)
    {
        _store = store;
        _owners = store.Read().ToImmutableDictionary(o => o.Id);
    }

    public IReadOnlyCollection<RecordOwner> Owners => [.. _owners.Values.OrderBy(o => o.Id, StringComparer.Ordinal)];

    /// <summary>Sources of contributions that have lapsed.</summary>
    public ImmutableHashSet<string> Lapsed { get; private set; } = [];

    public ImmutableArray<ClientRecord> Of(string id) => _owners.GetValueOrDefault(id)?.Records ?? [];

    /// <summary>The owners as they would be after the changes.</summary>
    public IReadOnlyCollection<RecordOwner> With(Caller caller, RecordChanges changes, DateTimeOffset now) =>
        [.. _owners.SetItem(caller.Id, Changed(caller, changes, now)).Values
            .OrderBy(o => o.Id, StringComparer.Ordinal)];

    /// <summary>Takes the changes; gives why they are not stored, or null.</summary>
    public Task<string?> Take(Caller caller, RecordChanges changes, DateTimeOffset now)
    {
        var owner = Changed(caller, changes, now);
        Keep(owner, now);
        return _store.SaveAsync(owner);
    }

    /// <summary>The client was heard.</summary>
    public void Hear(Caller caller, DateTimeOffset now)
    {
        if (!_owners.TryGetValue(caller.Id, out var owner))
            return;
        var heard = owner with { HeardAt = now, Lease = caller.Lease, Site = caller.Site };
        if (now - _keptAt.GetValueOrDefault(caller.Id) > KeepContact || heard.Site != owner.Site
            || heard.Lease != owner.Lease)
        {
            Keep(heard, now);
            _store.SaveContact(heard);
        }
        else
            _owners = _owners.SetItem(caller.Id, heard);
    }

    /// <summary>What is offered, without what has lapsed.</summary>
    public ImmutableArray<Contribution> Contributions(IReadOnlyCollection<RecordOwner> owners) =>
        [.. RecordComposer.Contributions(owners).Where(c => !Lapsed.Contains(c.Source))];

    /// <summary>
    /// Looks for silent clients; gives what there is to say, and whether anything has lapsed or come back.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="isDown">Whether probes find the pool of a contribution down.</param>
    public (ImmutableArray<(string Owner, string Message)> Said, bool Changed) Look(DateTimeOffset now, Func<string, bool> isDown)
    {
        var said = ImmutableArray.CreateBuilder<(string, string)>();
        var lapsed = Lapsed.ToBuilder();
        foreach (var owner in _owners.Values)
        {
            var silent = now - owner.HeardAt;
            if (silent <= owner.Lease / 2)
            {
                if (_warned.Remove(owner.Id))
                    said.Add((owner.Id, $"{owner.Id} is heard again"));
                foreach (var back in RecordComposer.Contributions([owner]))
                    lapsed.Remove(back.Source);
                continue;
            }

            if (owner.Records.IsEmpty)
                continue;
            if (_warned.Add(owner.Id))
                said.Add((owner.Id, $"{owner.Id} has not been heard since {owner.HeardAt:u}; at {owner.HeardAt + owner.Lease:u} those of its targets leave their names whose probes fail"));
            if (silent <= owner.Lease)
                continue;
            foreach (var one in RecordComposer.Contributions([owner])
                .Where(c => !lapsed.Contains(c.Source) && isDown(c.Pool)))
            {
                lapsed.Add(one.Source);
                said.Add((owner.Id, $"{one.Source} has lapsed: its cluster is silent and its probes fail"));
            }
        }

        var changed = !Lapsed.SetEquals(lapsed);
        Lapsed = lapsed.ToImmutable();
        return (said.ToImmutable(), changed);
    }

    private RecordOwner Changed(Caller caller, RecordChanges changes, DateTimeOffset now) =>
        new(caller.Id, caller.Site, caller.Lease, now, changes.Apply(Of(caller.Id)));

    private void Keep(RecordOwner owner, DateTimeOffset now)
    {
        _owners = _owners.SetItem(owner.Id, owner);
        _keptAt[owner.Id] = now;
    }
}
