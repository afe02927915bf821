using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Meridian.Dns.Answering;
using Meridian.Dns.Serving;

namespace Meridian.Dns.Sockets;

/// <summary>
/// Datagrams that need more than a lookup; workers answer them beside the loops that received them. The queue is
/// bounded: when it is full a datagram is dropped, as any datagram may be, and the client asks again.
/// </summary>
internal sealed class DeferredQueue : IAsyncDisposable
{
    private const int Capacity = 4096;

    private readonly Channel<Item> _items =
        Channel.CreateBounded<Item>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });
    private readonly CancellationTokenSource _stop = new();
    private readonly MessageService _service;
    private readonly Task[] _workers;
    private long _dropped;

    public DeferredQueue(MessageService service)
    {
        _service = service;
        _workers = [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount))
            .Select(_ => Task.Run(() => WorkAsync(_stop.Token)))];
    }

    /// <summary>Datagrams dropped because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Queues a datagram, or drops it when the queue is full.</summary>
    /// <param name="message">The datagram, which is copied.</param>
    /// <param name="socket">The socket that received it.</param>
    /// <param name="peer">The struct sockaddr of its sender, which is copied.</param>
    public void Add(ReadOnlySpan<byte> message, Socket socket, ReadOnlySpan<byte> peer)
    {
        var address = new SocketAddress(socket.AddressFamily, peer.Length);
        peer.CopyTo(address.Buffer.Span);
        if (!_items.Writer.TryWrite(new Item(message.ToArray(), socket, address)))
            Interlocked.Increment(ref _dropped);
    }

    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        await _stop.CancelAsync();
        await Task.WhenAll(_workers);
        _stop.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in _items.Reader.ReadAllAsync(cancellationToken))
                await HandleAsync(item, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private async Task HandleAsync(Item item, CancellationToken cancellationToken)
    {
        try
        {
            var client = new IPAddress(SocketAddresses.AddressOf(item.Peer.Buffer.Span[..item.Peer.Size]));
            await _service.HandleAsync(item.Message, client, Transport.Udp, response => Send(item, response),
                cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client is unreachable, or the socket closed.
        }
    }

    // .NET makes a socket non-blocking for good with the first asynchronous call on it: the loop that receives from it
    // would go round without ever sleeping.
    private static ValueTask Send(Item item, ReadOnlyMemory<byte> response)
    {
        item.Socket.SendTo(response.Span, SocketFlags.None, item.Peer);
        return ValueTask.CompletedTask;
    }

    private sealed record Item(byte[] Message, Socket Socket, SocketAddress Peer);
}
