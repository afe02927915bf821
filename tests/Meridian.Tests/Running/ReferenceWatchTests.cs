using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Running;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running;

/// <summary>Whether a node notices that its own way out is cut.</summary>
public sealed class ReferenceWatchTests : IAsyncDisposable
{
    private static readonly ImmutableArray<IPEndPoint> References =
        [.. Enumerable.Range(1, 3).Select(i => new IPEndPoint(IPAddress.Parse($"127.0.0.{i}"), 53))];

    private readonly FakeTimeProvider _time = new();
    private readonly HashSet<IPEndPoint> _reached = [.. References];
    private readonly ReferenceWatch _watch;

    public ReferenceWatchTests() => _watch = new ReferenceWatch(References, _time, (reference, _) =>
        Task.FromResult(_reached.Contains(reference)));

    [Fact]
    public void One_that_is_reached_is_enough()
    {
        _reached.Clear();
        _reached.Add(References[2]);
        _time.Advance(ReferenceWatch.Interval);
        _time.Advance(ReferenceWatch.Confirm);

        Assert.False(_watch.IsCutOff);
    }

    [Fact]
    public void None_twice_in_a_row_is_a_cut_and_one_that_is_back_is_its_end()
    {
        _reached.Clear();
        _time.Advance(ReferenceWatch.Interval);
        Assert.False(_watch.IsCutOff);
        _time.Advance(ReferenceWatch.Confirm);
        Assert.True(_watch.IsCutOff);

        _reached.Add(References[0]);
        _time.Advance(ReferenceWatch.Interval - TimeSpan.FromMilliseconds(1));
        Assert.True(_watch.IsCutOff);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_watch.IsCutOff);
    }

    [Fact]
    public void None_once_is_not()
    {
        _reached.Clear();
        _time.Advance(ReferenceWatch.Interval);
        _reached.UnionWith(References);
        _time.Advance(ReferenceWatch.Confirm);

        Assert.False(_watch.IsCutOff);
    }

    [Fact]
    public async Task Nothing_is_asked_after_the_end()
    {
        var asked = 0;
        var watch = new ReferenceWatch(References, _time, (_, _) => Task.FromResult(++asked > 0));
        await watch.DisposeAsync();
        var before = asked;
        _time.Advance(ReferenceWatch.Interval * 3);

        Assert.Equal(before, asked);
    }

    [Fact]
    public async Task Whoever_refuses_a_connection_is_reached_and_whoever_is_silent_is_not()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        await using var filled = await FilledAsync(silent);
        var refusing = new IPEndPoint(IPAddress.Loopback, Ports.Free());

        Assert.False(await ReferenceWatch.ReachAsync((IPEndPoint)silent.LocalEndPoint!, TimeProvider.System, default));
        Assert.True(await ReferenceWatch.ReachAsync(refusing, TimeProvider.System, default));
    }

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    // Until its queue is full, so that who comes then gets no answer at all.
    private static async Task<Connections> FilledAsync(Socket listener)
    {
        var connections = new Connections();
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            connections.Add(socket);
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            try
            {
                await socket.ConnectAsync(listener.LocalEndPoint!, limit.Token);
            }
            catch (OperationCanceledException)
            {
                return connections;
            }
        }
    }

    private sealed class Connections : List<Socket>, IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            foreach (var socket in this)
                socket.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
