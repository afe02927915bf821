namespace Meridian.State.Etcd;

/// <summary>
/// Pauses between tries at etcd: from 50 ms, doubled up to 2 s, each shortened at random by up to a half, so that nodes
/// that lost a member together do not all come to the next one at once.
/// </summary>
internal sealed class EtcdRetry(TimeProvider time, Random chance)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Waits before a try; returns early, without an exception, when it is cancelled.</summary>
    /// <param name="failures">Failures in a row, counted from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task PauseAsync(int failures, CancellationToken cancellationToken)
    {
        var pause = First * Math.Pow(2, Math.Min(failures - 1, 10));
        await Task.Delay(Spread(pause < Longest ? pause : Longest), time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A time that is shortened at random by up to a half.</summary>
    public TimeSpan Spread(TimeSpan longest)
    {
        lock (chance)
            return longest * (0.5 + 0.5 * chance.NextDouble());
    }
}
