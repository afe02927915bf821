using System.Net.Sockets;
using Meridian.Health.Probes;

namespace Meridian.Health.Watching;

/// <summary>One idle connection: opened, waited on until the peer closes it, reported, opened again.</summary>
internal sealed class WatchedTarget : IAsyncDisposable
{
    /// <summary>A target that closes every connection at once is reported at most this often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What a target may send unasked on one connection, in octets.</summary>
    private const int MaxUnwanted = 64 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public WatchedTarget(string target, int port, TimeSpan interval, TimeProvider time, Action<string, int> closed)
    {
        Interval = interval;
        _running = Task.Run(() => RunAsync(target, port, interval, time, closed, _stop.Token));
    }

    /// <summary>Time between two attempts to open a connection.</summary>
    public TimeSpan Interval { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static async Task RunAsync(
        string target, int port, TimeSpan interval, TimeProvider time, Action<string, int> closed,
        CancellationToken cancellationToken)
    {
        // Data that arrives unasked is thrown away; only the end of the connection matters. Whoever sends without end
        // is probed instead.
        var unwanted = new byte[256];
        try
        {
            while (true)
            {
                if (await TryOpenAsync(target, port, time, cancellationToken) is { } socket)
                {
                    using (socket)
                    {
                        await UntilClosedAsync(socket, unwanted, cancellationToken);
                    }

                    closed(target, port);
                    await Task.Delay(Pause, time, cancellationToken);
                }
                else
                {
                    await Task.Delay(interval > Pause ? interval : Pause, time, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private static async Task<Socket?> TryOpenAsync(string target, int port, TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var socket = await TargetConnection.OpenAsync(target, port, both.Token);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            return socket;
        }
        catch (Exception e) when (e is SocketException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static async Task UntilClosedAsync(Socket socket, byte[] unwanted, CancellationToken cancellationToken)
    {
        try
        {
            var left = MaxUnwanted;
            while (left > 0 && await socket.ReceiveAsync(unwanted, cancellationToken) is > 0 and var count)
                left -= count;
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }
}
