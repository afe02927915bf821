using System.Net;
using System.Net.Sockets;

namespace Meridian.Agent.Services;

/// <summary>
/// Connects to the first of several addresses that takes a connection (RFC 8305): the next one is tried when one has
/// failed, or has not answered for a moment.
/// </summary>
/// <param name="connect">Makes a connection to one address.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressRace(Func<IPAddress, CancellationToken, Task<Socket>> connect, TimeProvider time)
{
    /// <summary>How long an address has for itself (RFC 8305 section 5).</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <exception cref="SocketException">None takes a connection; why the first one does not.</exception>
    public async Task<Socket> RunAsync(IReadOnlyCollection<IPAddress> addresses, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (running, waiting) = (new List<Task<Socket>>(), new Queue<IPAddress>(InTurn(addresses)));
        Exception? fault = null;
        try
        {
            while (true)
            {
                if (waiting.TryDequeue(out var next))
                    running.Add(connect(next, end.Token));
                if (running.Count == 0)
                    throw fault ?? new SocketException((int)SocketError.HostUnreachable);
                var pause = Task.Delay(waiting.Count > 0 ? AttemptDelay : Timeout.InfiniteTimeSpan, time, end.Token);
                var first = await Task.WhenAny([.. running, pause]);
                cancellationToken.ThrowIfCancellationRequested();
                if (first == pause)
                    continue;
                var attempt = (Task<Socket>)first;
                running.Remove(attempt);
                if (attempt.IsCompletedSuccessfully)
                    return await attempt;
                fault ??= attempt.Exception?.InnerException;
            }
        }
        finally
        {
            await end.CancelAsync();
            foreach (var late in running)
                _ = late.ContinueWith(t => t.Result.Dispose(), CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    /// <summary>Addresses of the two families in turn, that of the first one first (section 4).</summary>
    public static IEnumerable<IPAddress> InTurn(IReadOnlyCollection<IPAddress> addresses)
    {
        var families = addresses.GroupBy(a => a.AddressFamily).Select(g => g.ToArray()).ToArray();
        for (var i = 0; i < addresses.Count; i++)
        {
            foreach (var family in families.Where(f => i < f.Length))
                yield return family[i];
        }
    }
}
