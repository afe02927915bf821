using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Meridian.Bench.Tunnels;

/// <summary>
/// A long line in user space: every octet arrives half a round trip after it was sent, and up to 64 MiB are on the way.
/// </summary>
internal sealed class DelayRelay : IDisposable
{
    private const int Piece = 64 * 1024;
    private const int MaxPieces = 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _to;

    public DelayRelay(int to, TimeSpan roundTrip)
    {
        (_to, RoundTrip) = (to, roundTrip);
        _listener.Start();
        _ = AcceptAsync();
    }

    public TimeSpan RoundTrip { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _to);
                (near.NoDelay, far.NoDelay) = (true, true);
                _ = CarryAsync(near, far);
                _ = CarryAsync(far, near);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var line = Channel.CreateBounded<(long Due, byte[] Octets)>(MaxPieces);
        var sending = Task.Run(async () =>
        {
            await foreach (var (due, octets) in line.Reader.ReadAllAsync())
            {
                var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (left > TimeSpan.FromMilliseconds(0.5))
                    await Task.Delay(left);
                await to.SendAsync(octets);
            }
        });
        try
        {
            var buffer = new byte[Piece];
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
                await line.Writer.WriteAsync((Stopwatch.GetTimestamp()
                    + (long)(RoundTrip.TotalSeconds / 2 * Stopwatch.Frequency), buffer[..count]));
            line.Writer.Complete();
            await sending;
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or ChannelClosedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
