namespace Meridian.Running;

/// <summary>
/// Ends the parts of a program one after the other. What does not end is told and left behind, because the end of the
/// process waits for nothing for ever; what fails keeps no other from its end.
/// </summary>
internal sealed class Ending(TimeProvider time, Action<string> told)
{
    /// <summary>How long a part may take that has nothing to wait for but itself.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Ends one part.</summary>
    /// <param name="part">What it is called in messages; null where there is no such part.</param>
    /// <param name="what">The part.</param>
    /// <param name="more">How much longer it may take, where it waits for others.</param>
    public async ValueTask EndAsync(string part, IAsyncDisposable? what, TimeSpan more = default)
    {
        if (what is null)
            return;
        var limit = Limit + more;
        try
        {
            // On a thread of its own: what hangs may do so before it waits for anything.
            await Task.Run(() => what.DisposeAsync().AsTask()).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            told($"{part} does not end within {limit.TotalSeconds:0} s and is left behind");
        }
        catch (Exception e)
        {
            told($"{part} did not end as it should: {e.Message}");
        }
    }

    /// <summary>A part that ends like this at the end of its scope.</summary>
    public IAsyncDisposable Of(string part, IAsyncDisposable? what, TimeSpan more = default) =>
        new Bounded(this, part, what, more);

    private sealed class Bounded(Ending ending, string name, IAsyncDisposable? what, TimeSpan more)
        : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ending.EndAsync(name, what, more);
    }
}
