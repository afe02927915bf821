namespace Meridian.Dns.Serving;

/// <summary>
/// A loop that takes turns until it is stopped. A turn that throws is reported and costs a pause, and never the loop;
/// one that does not end is known by its time.
/// </summary>
/// <param name="limit">How long a turn takes at most; one that takes longer stands still.</param>
/// <param name="failed">Receives what a turn has thrown.</param>
/// <param name="time">The clock.</param>
public sealed class GuardedLoop(TimeSpan limit, Action<Exception> failed, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _since;

    /// <summary>Whether a turn has been under way for longer than it may take.</summary>
    public bool IsStalled =>
        Volatile.Read(ref _since) is not 0 and var since && time.GetElapsedTime(since) > limit;

    /// <summary>Takes turns until it is cancelled, and ends then without an exception.</summary>
    /// <param name="turn">What is done; counts against the limit.</param>
    /// <param name="rest">Waits for the next turn, however long that takes.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(Func<CancellationToken, Task> turn, Func<CancellationToken, Task> rest,
        CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                Volatile.Write(ref _since, time.GetTimestamp());
                await turn(cancellationToken);
                Volatile.Write(ref _since, 0);
                await rest(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Asked to stop.
            }
            catch (Exception e)
            {
                Volatile.Write(ref _since, 0);
                failed(e);
                await RestAsync(cancellationToken);
            }
        }

        Volatile.Write(ref _since, 0);
    }

    private async Task RestAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }
}
