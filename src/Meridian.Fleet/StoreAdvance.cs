namespace Meridian.Fleet;

/// <summary>Waits for what another node has written: a signal that a newer state is known.</summary>
public sealed class StoreAdvance(TimeProvider time)
{
    private volatile TaskCompletionSource _next = NewSource();

    /// <summary>A newer state is known.</summary>
    public void Wake()
    {
        var before = _next;
        _next = NewSource();
        before.TrySetResult();
    }

    /// <summary>Waits until something is so; false where it is not within a limit.</summary>
    public async Task<bool> UntilAsync(Func<bool> isSo, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit, time);
        while (true)
        {
            var next = _next.Task; // taken before the look, so that no signal is missed between
            if (isSo())
                return true;
            try
            {
                await next.WaitAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                return isSo();
            }
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
