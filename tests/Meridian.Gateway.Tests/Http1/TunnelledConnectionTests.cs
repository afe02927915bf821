using System.IO.Pipelines;
using System.Text;
using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Tests.Http1;

/// <summary>
/// A connection through a tunnel has no socket that could be asked. While it is idle, a read of no octets waits on it:
/// that is how the tunnel knows that nothing is under way.
/// </summary>
public sealed class TunnelledConnectionTests : IDisposable
{
    private readonly TunnelStream _stream = new();
    private readonly UpstreamConnection _connection;
    private int _kept;

    public TunnelledConnectionTests() => _connection = new UpstreamConnection(null, _stream, () => _kept++);

    [Fact]
    public async Task It_is_used_again_and_waits_with_a_read_of_no_octets()
    {
        for (var i = 0; i < 3; i++)
        {
            await _stream.SendAsync($"HTTP/1.1 20{i} OK\r\nContent-Length: 0\r\n\r\n");
            Assert.Equal(200 + i, (await _connection.ReadHeadAsync(false, new Nobody(), TestTime.Token(10))).Status);
            Assert.True(_connection.TryRest());
            Assert.Equal(i + 1, _kept);
            Assert.Equal(i + 1, _stream.EmptyReads);
            Assert.True(_connection.TryTake());
            Assert.True(_connection.IsSilent);
            Assert.False(_connection.IsIdle);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("")]
    public async Task It_ends_when_something_comes_on_it_unasked(string unasked)
    {
        await _stream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await _connection.ReadHeadAsync(false, new Nobody(), TestTime.Token(10));
        Assert.True(_connection.TryRest());
        if (unasked.Length > 0)
            await _stream.SendAsync(unasked);
        else
            _stream.Complete();
        await Wait.UntilAsync(() => !_connection.IsIdle, () => "it is idle still");
        Assert.False(_connection.TryTake());
        Assert.True(_stream.IsDisposed);
    }

    [Fact]
    public async Task It_is_not_kept_where_something_is_there_already()
    {
        await _stream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await _connection.ReadHeadAsync(false, new Nobody(), TestTime.Token(10));
        await _stream.SendAsync("more");
        Assert.False(_connection.TryRest());
    }

    [Fact]
    public async Task What_TLS_has_taken_out_of_the_tunnel_is_seen()
    {
        var below = new WatchedStream(_stream, null);
        using var connection = new UpstreamConnection(null, below) { Below = below };
        Assert.True(connection.IsSilent);

        await _stream.SendAsync("unasked");
        await below.ReadExactlyAsync(new byte[7], TestTime.Token(10));
        Assert.False(connection.IsSilent);
    }

    [Fact]
    public async Task A_wait_for_an_answer_can_be_given_up()
    {
        await _stream.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await _connection.ReadHeadAsync(false, new Nobody(), TestTime.Token(10));
        Assert.True(_connection.TryRest());
        Assert.True(_connection.TryTake());
        using var stop = new CancellationTokenSource();
        var reading = _connection.ReadHeadAsync(false, new Nobody(), stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WithinAsync(10));
    }

    public void Dispose() => _connection.Dispose();

    private sealed class Nobody : IInterimReceiver
    {
        public ValueTask ReceiveAsync(ResponseHead head) => ValueTask.CompletedTask;
    }

    /// <summary>The test writes what the service sends; a read of no octets ends when something is there.</summary>
    private sealed class TunnelStream : MemoryStream
    {
        private readonly Pipe _pipe = new(new PipeOptions(useSynchronizationContext: false));

        public int EmptyReads { get; private set; }

        public bool IsDisposed { get; private set; }

        public async Task SendAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

        public void Complete() => _pipe.Writer.Complete();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty)
                EmptyReads++;
            var result = await _pipe.Reader.ReadAsync(cancellationToken);
            var octets = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
            foreach (var segment in octets)
            {
                segment.CopyTo(buffer);
                buffer = buffer[segment.Length..];
            }

            var count = (int)octets.Length;
            _pipe.Reader.AdvanceTo(octets.End);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
