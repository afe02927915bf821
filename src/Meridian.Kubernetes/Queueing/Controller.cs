namespace Meridian.Kubernetes.Queueing;

/// <summary>
/// Runs a reconciler over the keys of a queue. A reconciler reads the actual state and makes it the desired one; it is
/// given only a key, so that it cannot act on outdated state. One that throws is given the key again later.
/// </summary>
public sealed class Controller<TKey> : IAsyncDisposable where TKey : notnull
{
    private readonly Func<TKey, CancellationToken, Task<TimeSpan?>> _reconcile;
    private readonly Action<TKey, Exception> _failed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;

    /// <param name="time">The clock.</param>
    /// <param name="workers">Number of keys that are worked on at a time.</param>
    /// <param name="reconcile">Does the work; returns the time after which to do it again, or null.</param>
    /// <param name="failed">Called with every failure but conflicts.</param>
    /// <param name="delays">Delays before retries.</param>
    public Controller(TimeProvider time, int workers,
        Func<TKey, CancellationToken, Task<TimeSpan?>> reconcile, Action<TKey, Exception> failed,
        RetryDelays? delays = null)
    {
        Queue = new WorkQueue<TKey>(time, delays);
        (_reconcile, _failed) = (reconcile, failed);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(_stop.Token)))];
    }

    public WorkQueue<TKey> Queue { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Queue.Dispose();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var key = await Queue.TakeAsync(cancellationToken);
                try
                {
                    var again = await _reconcile(key, cancellationToken);
                    Queue.Forget(key);
                    if (again is { } delay)
                        Queue.AddAfter(key, delay);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    // A conflict is not reported: somebody else wrote first, and the retry reads what.
                    if (e is not ApiException { IsConflict: true })
                        _failed(key, e);
                    Queue.Retry(key);
                }
                finally
                {
                    Queue.Done(key);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The controller was disposed.
        }
    }
}
