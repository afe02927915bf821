using System.Collections.Immutable;
using Meridian.Api.Access;
using Meridian.Fleet;
using Meridian.Model.Records;
using Meridian.Model.Values;
using Meridian.Running.Control;
using Meridian.State;
using Meridian.Steering.Plans;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// The records that clients such as ExternalDNS wrote. A change is checked whole, on disk and in force before the
/// client is told, or refused. When a silent client's lease has run out, its targets leave those names where probes
/// find them down.
/// </summary>
/// <param name="store">This node's own store.</param>
/// <param name="loop">The control loop.</param>
/// <param name="history">Where changes are told.</param>
/// <param name="time">The clock.</param>
/// <param name="shared">What nodes share of records; null for a node that is alone.</param>
internal sealed class RecordFeature(IRecordOwnerStore store, ControlLoop loop, History history, TimeProvider time,
    SharedRecordFeature? shared = null) : IFeature
{
    /// <summary>The last contact is kept this often, so that a sync a minute is no write a minute.</summary>
    private static readonly TimeSpan KeepContact = TimeSpan.FromMinutes(1);

    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly Dictionary<string, DateTimeOffset> _keptAt = [];
    private ImmutableHashSet<string> _warned = [];
    private Task _lapsing = Task.CompletedTask;
    private volatile AwayTimes _away = AwayTimes.None;

    public string Name => "records";

    /// <summary>Clients with records: those that were heard lately, those that were not, and how many record sets they
    /// wrote.</summary>
    public (int Heard, int Silent, int Records) Counts
    {
        get
        {
            var (owners, now) = (loop.State.Inputs.Owners.Values.Where(o => !o.Records.IsEmpty).ToArray(),
                time.GetUtcNow());
            var silent = owners.Count(o => RecordLeases.IsSilent(Counted(o, now), now));
            return (owners.Length - silent, silent, owners.Sum(o => o.Records.Length));
        }
    }

    /// <summary>The caller's records as they were written; asking is a sign of life.</summary>
    public ImmutableArray<ClientRecord> Of(Caller caller)
    {
        loop.Post(Name, () => ReceiveContact(caller));
        return loop.State.Inputs.Owners.GetValueOrDefault(caller.Id)?.Records ?? [];
    }

    /// <summary>
    /// Applies all changes at once, so that between an alias and an address there is no moment without either. Null
    /// when they are in force and on disk, else why they are not.
    /// </summary>
    public Task<ChangeRefusal?> ChangeAsync(Caller caller, RecordChanges changes)
    {
        var (now, saved) = (time.GetUtcNow(), default(SharedSave));
        var names = changes.All.Select(r => r.Key.Name).ToHashSet();
        return loop.SubmitAsync(new Change(Name, inputs => Apply(inputs, caller, changes, now) with
        {
            StoreRevision = Math.Max(inputs.StoreRevision, saved.Revision),
        })
        {
            Refuse = prepared => FaultIn(prepared, names),
            Store = async inputs => shared is null ? await store.SaveAsync(inputs.Owners[caller.Id])
                : (saved = await shared.SaveAsync(inputs.Owners[caller.Id], changes)).Fault,
            Committed = (_, _) =>
            {
                _keptAt[caller.Id] = now;
                var first = string.Join(", ", names.Order(StringComparer.Ordinal).Take(5));
                var rest = names.Count > 5 ? $" and {names.Count - 5} more names" : "";
                history.Record(LogLevel.Information, Name, caller.Id,
                    $"{caller.Id} changed records of {first}{rest}");
            },
        });
    }

    public void Tick(DateTimeOffset now)
    {
        _away = _away.At(now, shared is { IsAway: true });
        if (_away.IsAway || !_lapsing.IsCompleted)
            return; // what has lapsed is said once, however long it takes to compile
        var state = loop.State;
        var review = RecordLeases.Review(state.Inputs.Owners.Values.Select(o => Counted(o, now)), state.Inputs.Lapsed,
            _warned, now, pool => IsDown(state, pool));
        _warned = review.Warned;
        foreach (var (owner, message) in review.Messages)
            history.Record(LogLevel.Warning, Name, owner, message);
        if (!review.Lapsed.SetEquals(state.Inputs.Lapsed))
            _lapsing = loop.SubmitAsync(new Change(Name, inputs => inputs with { Lapsed = review.Lapsed }));
    }

    private void ReceiveContact(Caller caller)
    {
        if (!loop.State.Inputs.Owners.TryGetValue(caller.Id, out var owner))
            return;
        var now = time.GetUtcNow();
        var heard = owner with { HeardAt = now, Lease = caller.Lease, Site = caller.Site };
        var moved = heard.Site != owner.Site;
        var kept = _keptAt.GetValueOrDefault(caller.Id);
        if (shared?.HeardAt(caller.Id) is { } elsewhere && elsewhere > kept)
            kept = elsewhere;
        if (moved || heard.Lease != owner.Lease || now - kept > KeepContact)
        {
            _keptAt[caller.Id] = now;
            store.SaveContact(heard);
            shared?.SaveContact(heard);
        }

        if (moved)
            _ = loop.SubmitAsync(new Change(Name, inputs => WithContact(inputs, heard)));
        else
            loop.Update(state => state with { Inputs = WithContact(state.Inputs, heard) });
    }

    private static NodeInputs Apply(NodeInputs inputs, Caller caller, RecordChanges changes, DateTimeOffset now)
    {
        var records = inputs.Owners.GetValueOrDefault(caller.Id)?.Records ?? [];
        var owner = new RecordOwner(caller.Id, caller.Site, caller.Lease, now, changes.Apply(records));
        return inputs with { Owners = inputs.Owners.SetItem(caller.Id, owner) };
    }

    private static NodeInputs WithContact(NodeInputs inputs, RecordOwner heard) =>
        inputs.Owners.TryGetValue(heard.Id, out var owner)
            ? inputs with { Owners = inputs.Owners.SetItem(heard.Id, heard with { Records = owner.Records }) }
            : inputs;

    // Nobody could be heard while the node was not running, and not at other nodes while the shared store was away.
    private RecordOwner Counted(RecordOwner owner, DateTimeOffset now)
    {
        var heard = owner.HeardAt < _started ? _started : owner.HeardAt;
        return owner with { HeardAt = heard + _away.Since(heard, now) };
    }

    private static string? FaultIn(Prepared prepared, HashSet<string> names) =>
        prepared.ZoneFailures.FirstOrDefault(z => names.Any(n => DomainName.IsAtOrBelow(n, OriginText(z.Key)))).Value
            ?.Faults[0].Message;

    private static string OriginText(Dns.Wire.DnsName origin) =>
        DomainName.TryNormalize(origin.ToString(), null, out var text, out _) ? text : "";

    private static bool IsDown(NodeState state, string pool) => state.Table.Endpoints.SelectMany(e => e.AllPools)
        .Any(p => p.Shape.Pool.Name == pool && p.Shape.Check is not null
            && p.State is PoolState.Down or PoolState.Guarded);
}
