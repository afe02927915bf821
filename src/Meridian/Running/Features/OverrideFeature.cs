using Meridian.Health.Overrides;
using Meridian.Model.History;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.State;
using Meridian.Steering;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// What people say of addresses. An override is on disk before it is in force and before the person is told that it
/// stands; one that cannot be kept is refused.
/// </summary>
internal sealed class OverrideFeature(IOverrideStore store, ControlLoop loop, History history)
    : IFeature, IDisposable
{
    // One at a time, so that the disk and the node cannot disagree about which of two was the later.
    private readonly SemaphoreSlim _turn = new(1);

    // What a person is saying at this node: the shared store may show it before the person is answered.
    private volatile OverrideTarget? _inTurn;

    public string Name => "overrides";

    /// <summary>Sets an override: null when it is in force and on disk, else why it is not.</summary>
    public Task<string?> SetAsync(Override added) => InTurnAsync(added.Target, () => store.SaveAsync(added), before =>
    {
        RecordSet(before, added);
        loop.Update(state => state with { Overrides = state.Overrides.With(added) }, evidence: true);
    });

    /// <summary>
    /// Puts in force what people have said to any node of a cluster: this one has part in it whichever was asked. On
    /// the control loop only.
    /// </summary>
    public void Adopt(OverrideBook book)
    {
        var before = loop.State.Overrides.Overrides;
        foreach (var gone in before.Where(b => b.IsActive(loop.Now) && b.Target != _inTurn)
            .Where(b => book.Overrides.All(o => o.Target != b.Target)))
        {
            history.Record(LogLevel.Information, EventOf(gone.Target, gone, null, "cleared at another node",
                $"the override on {gone.Target} by {gone.Author} was cleared at another node"));
        }

        foreach (var added in book.Overrides.Where(o => o.Target != _inTurn))
            RecordSet(Find(added.Target), added);
        if (!before.SequenceEqual(book.Overrides))
            loop.Update(state => state with { Overrides = book.At(loop.Now) }, evidence: true);
    }

    /// <summary>Clears the override of a target: null when that is in force and on disk, else why it is not.</summary>
    public Task<string?> ClearAsync(OverrideTarget target, string author) =>
        InTurnAsync(target, () => store.DeleteAsync(target), before =>
        {
            history.Record(LogLevel.Information, EventOf(target, before, null, $"cleared by {author}",
                $"{author} cleared the override on {target}"));
            loop.Update(state => state with { Overrides = state.Overrides.Without(target) }, evidence: true);
        });

    /// <summary>Lets overrides expire. Should the disk fail to forget one, it has expired all the same.</summary>
    public void Tick(DateTimeOffset now)
    {
        var expired = loop.State.Overrides.Overrides.Where(o => !o.IsActive(now)).ToArray();
        if (expired.Length == 0)
            return;
        store.DeleteExpired(now); // not by target: another on the same target may be on its way to the disk
        foreach (var one in expired)
        {
            history.Record(LogLevel.Information, EventOf(one.Target, one, null, "expired",
                $"the override on {one.Target} by {one.Author} has expired"));
        }

        loop.Update(state => state with { Overrides = state.Overrides.At(now) }, evidence: true);
    }

    public void Dispose() => _turn.Dispose();

    private Override? Find(OverrideTarget target) =>
        loop.State.Overrides.Overrides.FirstOrDefault(o => o.Target == target);

    private void RecordSet(Override? before, Override added)
    {
        if (before == added)
            return;
        history.Record(LogLevel.Information, EventOf(added.Target, before, added, added.Reason,
            $"{added.Author} says {added.Target} is {added.State.ToString().ToLowerInvariant()}: {added.Reason}"
            + (added.Expires is { } end ? $" (until {end.UtcDateTime:u})" : "")
            + (before is null ? "" : $"; {before.Author}'s {before.State.ToString().ToLowerInvariant()} has ended")));
    }

    // An override of an address or a pool is told of their sites too, and one of a site of its pools.
    private HistoryEvent EventOf(OverrideTarget target, Override? before, Override? after, string cause,
        string message)
    {
        var about = (from endpoint in loop.State.Table.Endpoints
                     from pool in endpoint.AllPools
                     let name = GatewayFronts.NameOf(pool.Shape.Pool.Name)
                     from address in pool.Addresses
                     where target.Matches(name, address.Shape.Value, address.Shape.Site)
                     select (Endpoint: endpoint.Endpoint.Name, Pool: name, address.Shape.Site)).ToArray();
        return new HistoryEvent(default, "override", target.Text, message)
        {
            Address = target.Address,
            From = before?.State.ToString(),
            To = after?.State.ToString(),
            Cause = cause,
        }.About(about.Select(a => a.Endpoint), about.Select(a => a.Pool).DefaultIfEmpty(target.Pool),
            about.Select(a => a.Site).DefaultIfEmpty(target.Site));
    }

    private async Task<string?> InTurnAsync(OverrideTarget target, Func<Task<string?>> keep, Action<Override?> apply)
    {
        await _turn.WaitAsync();
        try
        {
            (_inTurn, var before) = (target, Find(target));
            return await keep() ?? await loop.PostAsync(Name, () => apply(before));
        }
        finally
        {
            _inTurn = null;
            _turn.Release();
        }
    }
}
