using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.State;
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

    public string Name => "overrides";

    /// <summary>Sets an override: null when it is in force and on disk, else why it is not.</summary>
    public Task<string?> SetAsync(Override added) => InTurnAsync(() => store.SaveAsync(added), () =>
    {
        history.Record(LogLevel.Information, "override", added.Target.Text,
            $"{added.Author} says {added.Target} is {added.State.ToString().ToLowerInvariant()}: {added.Reason}");
        loop.Update(state => state with { Overrides = state.Overrides.With(added) }, evidence: true);
    });

    /// <summary>Clears the override of a target: null when that is in force and on disk, else why it is not.</summary>
    public Task<string?> ClearAsync(OverrideTarget target, string author) =>
        InTurnAsync(() => store.DeleteAsync(target), () =>
        {
            history.Record(LogLevel.Information, "override", target.Text, $"{author} cleared the override on {target}");
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
            history.Record(LogLevel.Information, "override", one.Target.Text,
                $"the override on {one.Target} by {one.Author} has expired");
        }

        loop.Update(state => state with { Overrides = state.Overrides.At(now) }, evidence: true);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<string?> InTurnAsync(Func<Task<string?>> keep, Action apply)
    {
        await _turn.WaitAsync();
        try
        {
            return await keep() ?? await loop.PostAsync(Name, apply);
        }
        finally
        {
            _turn.Release();
        }
    }
}
