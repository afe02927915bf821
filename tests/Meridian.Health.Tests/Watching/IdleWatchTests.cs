using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Meridian.Health.Tests.Support;
using Meridian.Health.Watching;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Health.Tests.Watching;

/// <summary>Over real sockets; the waits between two connections are virtual.</summary>
public sealed class IdleWatchTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<(string, int)> _closed = Channel.CreateUnbounded<(string, int)>();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly IdleWatch _watch;

    public IdleWatchTests()
    {
        _listener.Start();
        _port = _listener.Port();
        _watch = new IdleWatch(_time, (target, port) => _closed.Writer.TryWrite((target, port)));
    }

    [Fact]
    public async Task A_connection_that_the_peer_closes_is_reported_and_opened_again_a_second_later()
    {
        Watch(TimeSpan.FromHours(1));
        for (var i = 0; i < 2; i++)
        {
            using (var peer = await AcceptAsync())
                await peer.SendAsync("unasked"u8.ToArray());

            Assert.Equal(("127.0.0.1", _port), await ClosedAsync());
            var closed = _time.GetUtcNow();
            await PassUntilAsync(() => _listener.Pending(), TimeSpan.FromSeconds(1));
            Assert.InRange(_time.GetUtcNow() - closed, TimeSpan.FromSeconds(1), TimeSpan.MaxValue);
        }
    }

    [Fact]
    public async Task A_reset_is_reported_too()
    {
        Watch(TimeSpan.FromHours(1));

        // A reset that comes before the connection counts as open is a refusal, after which it is opened again.
        await PassUntilAsync(() =>
        {
            if (_listener.Pending())
                Reset(_listener.AcceptSocket());
            return _closed.Reader.TryRead(out _);
        }, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_target_that_sends_without_end_is_not_read_without_end()
    {
        Watch(TimeSpan.FromHours(1));
        using var peer = await AcceptAsync();
        var (piece, sent) = (new byte[64 * 1024], 0L);
        try
        {
            while (sent < 100L * 1024 * 1024)
                sent += await peer.SendAsync(piece, Limit);
        }
        catch (SocketException)
        {
            // The watch has closed it.
        }

        Assert.InRange(sent, 1, 50L * 1024 * 1024); // what fits into buffers of the kernel is not read
        Assert.Equal(("127.0.0.1", _port), await ClosedAsync());
    }

    [Fact]
    public async Task A_connection_that_nobody_wants_any_more_is_closed_and_not_reported()
    {
        Watch(TimeSpan.FromHours(1));
        using var peer = await AcceptAsync();

        _watch.Update([]);

        Assert.Equal(0, await ReceiveAsync(peer));
        Assert.Equal(0, _closed.Reader.Count);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_keeps_the_connection()
    {
        Watch(TimeSpan.FromHours(1));
        using var peer = await AcceptAsync();

        using var later = new TcpListener(IPAddress.Loopback, 0);
        later.Start();
        _watch.Update([("127.0.0.1", _port, TimeSpan.FromHours(1)),
            ("127.0.0.1", later.Port(), TimeSpan.FromHours(1))]);
        using var other = await later.AcceptSocketAsync(Limit);

        Assert.False(peer.Poll(0, SelectMode.SelectRead));
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task A_target_that_refuses_is_tried_again_by_the_interval_as_it_is_now()
    {
        _listener.Stop();
        Watch(TimeSpan.FromHours(1));
        await PassUntilAsync(() => _time.GetUtcNow() - _time.Start > TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        using var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();
        var limit = _time.GetUtcNow() + TimeSpan.FromMinutes(30);
        await PassUntilAsync(() => _time.GetUtcNow() > limit, TimeSpan.FromSeconds(1));
        Assert.False(listener.Pending());

        Watch(TimeSpan.FromSeconds(5));

        using var peer = await listener.AcceptSocketAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _listener.Dispose();
    }

    private void Watch(TimeSpan interval) => _watch.Update([("127.0.0.1", _port, interval)]);

    private static CancellationToken Limit => TestTime.Token(20);

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task<Socket> AcceptAsync() => await _listener.AcceptSocketAsync(Limit);

    private async Task<(string, int)> ClosedAsync() => await _closed.Reader.ReadAsync(Limit);

    private static async Task<int> ReceiveAsync(Socket socket) => await socket.ReceiveAsync(new byte[16], Limit);

    private Task PassUntilAsync(Func<bool> condition, TimeSpan step) => Wait.SpinUntilAsync(
        () =>
        {
            if (condition())
                return true;
            _time.Advance(step);
            return false;
        }, () => $"{_time.GetUtcNow() - _time.Start} of virtual time have passed");
}
