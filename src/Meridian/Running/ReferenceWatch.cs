using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Running;

/// <summary>
/// Looks whether this node reaches the world: it connects to a few addresses that have nothing to do with what it
/// serves. Where it reaches none of them, twice in a row, its own way out is cut, and what its probes say is worth
/// nothing.
/// </summary>
internal sealed class ReferenceWatch : IAsyncDisposable
{
    /// <summary>The time between two rounds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>The time before a round in which none was reached is repeated.</summary>
    public static readonly TimeSpan Confirm = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a connection may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Func<IPEndPoint, CancellationToken, Task<bool>> _reach;
    private readonly ImmutableArray<IPEndPoint> _references;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile bool _isCutOff;

    /// <param name="references">The addresses; one at least.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reach">Whether an address can be reached; by a TCP connection if null.</param>
    public ReferenceWatch(ImmutableArray<IPEndPoint> references, TimeProvider time,
        Func<IPEndPoint, CancellationToken, Task<bool>>? reach = null)
    {
        (_references, _time, _reach) =
            (references, time, reach ?? ((reference, stop) => ReachAsync(reference, time, stop)));
        _running = RunAsync();
    }

    /// <summary>Whether none of them can be reached.</summary>
    public bool IsCutOff => _isCutOff;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var reached = await ReachesAnyAsync();
                if (!reached && !_isCutOff)
                {
                    await Task.Delay(Confirm, _time, _stop.Token);
                    reached = await ReachesAnyAsync();
                }

                _isCutOff = !reached;
                await Task.Delay(Interval, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    // The first one that answers is enough.
    private async Task<bool> ReachesAnyAsync()
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var tries = _references.Select(r => _reach(r, round.Token)).ToList();
        var reached = false;
        while (tries.Count > 0 && !reached)
        {
            var ended = await Task.WhenAny(tries);
            tries.Remove(ended);
            reached = await ended;
        }

        await round.CancelAsync();
        await Task.WhenAll(tries);
        _stop.Token.ThrowIfCancellationRequested();
        return reached;
    }

    /// <summary>Whether somebody answers there, if only to refuse a connection.</summary>
    internal static async Task<bool> ReachAsync(IPEndPoint reference, TimeProvider time, CancellationToken stop)
    {
        using var socket = new Socket(reference.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            await socket.ConnectAsync(reference, either.Token);
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
