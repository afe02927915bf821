using Meridian.Fleet;
using Meridian.Fleet.Records;
using Meridian.Model.Records;
using Meridian.Running.Control;
using Meridian.State;
using Meridian.State.Shared;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// The records of clients that nodes share: whichever node a client writes to, all serve them. Each node keeps a copy
/// on its own disk and serves it for ever while the store is away. What a node alone has of a client that the store
/// does not know, it offers to the store.
/// </summary>
/// <param name="store">Writes into the shared store.</param>
/// <param name="copy">This node's own store.</param>
/// <param name="loop">The control loop.</param>
/// <param name="history">Where it is told what was taken in.</param>
/// <param name="isAttached">Whether the shared store is followed.</param>
/// <param name="advance">Wakes those who wait for news of the store.</param>
internal sealed class SharedRecordFeature(SharedRecordStore store, IRecordOwnerStore copy, ControlLoop loop,
    History history, Func<bool> isAttached, StoreAdvance advance) : IFeature, ISharedPart
{
    private volatile SharedRecordBook _book = SharedRecordBook.Empty;
    private Adoption? _adoption;
    private bool _isDue;
    private Task _offering = Task.CompletedTask;
    private volatile string? _refusal;

    public string Name => "shared records";

    /// <summary>Whether it cannot be known what clients say to other nodes.</summary>
    public bool IsAway => !isAttached();

    /// <summary>Why records that this node alone has are not taken into the store; null where none wait.</summary>
    public string? Refusal => _refusal;

    /// <summary>When this node came to know of a client's last sign of life at any node.</summary>
    public DateTimeOffset HeardAt(string id) => _book.HeardAt(id);

    /// <summary>Keeps changes of a client, after what this node alone has of it.</summary>
    public async Task<SharedSave> SaveAsync(RecordOwner owner, RecordChanges changes)
    {
        if (!_book.Knows(owner.Id) && loop.State.Inputs.Owners.GetValueOrDefault(owner.Id) is { } alone
            && await store.OfferAsync(alone) is { Fault: not null, IsStale: false } refused)
            return refused;
        return await store.SaveAsync(owner, changes);
    }

    public void SaveContact(RecordOwner owner) => store.SaveContact(owner);

    public void Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys)
    {
        var before = _book;
        _book = before.After(snapshot, keys, loop.Now);
        _isDue |= !_book.HasSameRecords(before);
        advance.Wake();
        ReceiveContacts();
        Advance();
    }

    public void Tick(DateTimeOffset now)
    {
        Advance();
        if (!_offering.IsCompleted || IsAway || _book.Revision == 0)
            return;
        var alone = loop.State.Inputs.Owners.Values.FirstOrDefault(o => !o.Records.IsEmpty && !_book.Knows(o.Id));
        if (alone is null)
            _refusal = null;
        else
            _offering = OfferAsync(alone);
    }

    public void Commit(NodeState before, NodeState now)
    {
        if (ReferenceEquals(before.Inputs.Owners, now.Inputs.Owners))
            return;
        foreach (var owner in now.Inputs.Owners.Values.Where(o => _book.Knows(o.Id)))
        {
            if (before.Inputs.Owners.GetValueOrDefault(owner.Id)?.Records != owner.Records)
                _ = copy.SaveAsync(owner);
        }
    }

    private void Advance() => (_adoption ??= new Adoption(loop, () => _book.Revision, Next)).Advance();

    private Adoptable? Next()
    {
        if (!_isDue)
            return null;
        _isDue = false;
        var book = _book;
        return new Adoptable(Name, null, inputs => With(inputs, book), () => _isDue = true);
    }

    // A client whose records are the same stays as it is, so that nothing is compiled anew for it. One that the store
    // does not know stays too: an absent key says nothing.
    private static NodeInputs With(NodeInputs inputs, SharedRecordBook book)
    {
        var owners = inputs.Owners;
        foreach (var owner in book.Owners)
        {
            var before = owners.GetValueOrDefault(owner.Id);
            if (before is null || before.Site != owner.Site || !before.Records.SequenceEqual(owner.Records))
                owners = owners.SetItem(owner.Id, before is not null && before.HeardAt > owner.HeardAt
                    ? owner with { HeardAt = before.HeardAt } : owner);
        }

        return inputs with { Owners = owners };
    }

    private void ReceiveContacts()
    {
        var before = loop.State.Inputs.Owners;
        var owners = before;
        foreach (var (id, lease, heardAt) in _book.Contacts)
        {
            if (owners.GetValueOrDefault(id) is not { } owner || owner.HeardAt >= heardAt)
                continue;
            owners = owners.SetItem(id, owner with { Lease = lease, HeardAt = heardAt });
            copy.SaveContact(owners[id]);
        }

        if (!ReferenceEquals(before, owners))
            loop.Update(state => state with { Inputs = state.Inputs with { Owners = owners } });
    }

    private async Task OfferAsync(RecordOwner alone)
    {
        var saved = await store.OfferAsync(alone);
        if (saved.IsStale)
            return;
        if (saved.Fault is null)
            history.Record(LogLevel.Information, "records", alone.Id,
                $"{alone.Records.Length} records of {alone.Id}, which this node alone had, are in the shared store");
        else if (_refusal != saved.Fault)
            history.Record(LogLevel.Warning, "records", alone.Id, $"the records of {alone.Id}, which this node alone "
                + $"has, are served here and are not in the shared store: {saved.Fault}");
        _refusal = saved.Fault;
    }
}
