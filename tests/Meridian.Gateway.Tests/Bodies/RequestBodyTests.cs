using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;
using Meridian.Gateway.Bodies;
using Meridian.Gateway.Http1;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Tests.Bodies;

/// <summary>What is kept of a body stays as long as somebody sends it, and not longer.</summary>
public sealed class RequestBodyTests
{
    [Fact]
    public async Task What_is_being_sent_again_is_not_let_go_when_its_answer_begins()
    {
        var octets = RandomNumberGenerator.GetBytes(200_000);
        var store = new ReplayStore(1 << 20, 1 << 20);
        using var reader = new ClientReader(PipeReader.Create(new MemoryStream(octets)), TimeSpan.FromMinutes(1),
            TimeProvider.System);
        await using var body = new RequestBody(reader, new Replay(new GatewayReplay(), store));
        await SendAsync(body, new GatedStream(open: true));

        var gate = new GatedStream(open: false);
        var again = SendAsync(body, gate);
        await body.ForgetAsync();
        Assert.True(store.Memory > 0);
        gate.Open();
        await again;
        Assert.Equal(octets, gate.ToArray());

        await body.ForgetAsync();
        Assert.Equal(0, store.Memory);
        Assert.False(body.CanReplay);
    }

    private static async Task SendAsync(RequestBody body, Stream stream)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var connection = new UpstreamConnection(socket, stream);
        using var stop = new CancellationTokenSource();
        await body.SendAsync(connection, chunked: false, new IdleTimer(stop, TimeSpan.FromMinutes(1)), stop.Token);
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _opened = new();

        public GatedStream(bool open)
        {
            if (open)
                Open();
        }

        public void Open() => _opened.TrySetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            await _opened.Task;
            Write(buffer.Span);
        }
    }
}
