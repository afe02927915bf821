using Meridian.Running.Control;

namespace Meridian.Running.Features;

/// <summary>
/// Puts what the shared store holds in force, one thing at a time. What was written here at a later revision than is
/// known of the store is not undone: the store's own news of it follows. Used on the control loop alone.
/// </summary>
/// <param name="loop">The control loop.</param>
/// <param name="revision">The revision of what is known of the store.</param>
/// <param name="next">What is to be put in force next; null for nothing.</param>
internal sealed class Adoption(ControlLoop loop, Func<long> revision, Func<Adoptable?> next)
{
    // A store that was restored from a backup has lower revisions than what was written here before.
    private static readonly TimeSpan MaxBlocked = TimeSpan.FromSeconds(5);

    private bool _isRunning;
    private DateTimeOffset? _blockedSince;

    /// <summary>Begins with the next thing, where there is one and none is under way.</summary>
    public void Advance()
    {
        if (_isRunning || IsBlocked() || next() is not { } one)
            return;
        _isRunning = true;
        _ = RunAsync(one, revision());
    }

    private async Task RunAsync(Adoptable one, long known)
    {
        var isApplied = false;
        await loop.SubmitAsync(new Change(one.Name, inputs => inputs.StoreRevision > known ? inputs
            : one.Apply(inputs) with { StoreRevision = known })
        {
            Zone = one.Zone,
            Committed = (_, now) => isApplied = now.Inputs.StoreRevision <= known,
        });
        loop.Post(one.Name, () =>
        {
            _isRunning = false;
            if (!isApplied)
                one.Return();
            if (isApplied || revision() != known)
                Advance(); // otherwise at the next tick, or with the store's next news
        });
    }

    private bool IsBlocked()
    {
        if (loop.State.Inputs.StoreRevision <= revision())
        {
            _blockedSince = null;
            return false;
        }

        _blockedSince ??= loop.Now;
        if (loop.Now - _blockedSince < MaxBlocked)
            return true;
        loop.Update(state => state with { Inputs = state.Inputs with { StoreRevision = 0 } });
        return false;
    }
}
