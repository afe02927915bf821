using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Serving;

/// <summary>
/// Lets HTTP/1.1 and HTTP/2 without TLS share a port. Kestrel can serve one of the two on a listener; connections that
/// begin with the preface of HTTP/2 (RFC 9113 section 3.4) are handed to a second listener, which has no socket of its
/// own.
/// </summary>
internal sealed class PrefaceSwitch : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // Unbounded: each entry is a connection that the first listener has accepted and counts.
    private readonly Channel<ConnectionContext> _handed = Channel.CreateUnbounded<ConnectionContext>();

    /// <summary>How long a connection may send nothing at all; some clients open connections in advance.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>Stands for the second listener.</summary>
    public static EndPoint Second { get; } = new HandedEndPoint();

    public bool CanBind(EndPoint endpoint) => endpoint is HandedEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(_handed));

    /// <summary>For the pipeline of the first listener.</summary>
    public ConnectionDelegate Switch(ConnectionDelegate next) => async connection =>
    {
        if (await IsHttp2Async(connection) is not { } http2)
            return;
        if (!http2)
        {
            await next(connection);
            return;
        }

        var handed = new HandedConnection(connection);
        if (_handed.Writer.TryWrite(handed))
            await handed.Ended;
    };

    // Null where the connection ends, the server stops, or nothing is sent for too long before it can be told.
    private static async ValueTask<bool?> IsHttp2Async(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);
        silence.CancelAfter(Silence);
        var input = connection.Transport.Input;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync(silence.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                return null;
            }

            var length = Math.Min(result.Buffer.Length, Preface.Length);
            var same = Begins(result.Buffer.Slice(0, length));
            var decided = !same || length == Preface.Length || result.IsCompleted;
            input.AdvanceTo(result.Buffer.Start, decided ? result.Buffer.Start : result.Buffer.End);
            if (decided)
                return same && length == Preface.Length;
        }
    }

    private static bool Begins(in ReadOnlySequence<byte> octets)
    {
        Span<byte> copy = stackalloc byte[(int)octets.Length];
        octets.CopyTo(copy);
        return Preface.StartsWith(copy);
    }

    private sealed class HandedEndPoint : EndPoint
    {
        public override string ToString() => "h2c";
    }

    private sealed class Listener(Channel<ConnectionContext> handed) : IConnectionListener
    {
        private readonly CancellationTokenSource _stop = new();

        public EndPoint EndPoint => Second;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
                return await handed.Reader.ReadAsync(either.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
            {
                return null;
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _stop.CancelAsync();

        public ValueTask DisposeAsync()
        {
            _stop.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A connection of the first listener, which keeps it until the second one is done with it.</summary>
    private sealed class HandedConnection(ConnectionContext inner) : ConnectionContext
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public override string ConnectionId { get => inner.ConnectionId; set => inner.ConnectionId = value; }

        public override IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items { get => inner.Items; set => inner.Items = value; }

        public override IDuplexPipe Transport { get => inner.Transport; set => inner.Transport = value; }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint { get => inner.LocalEndPoint; set => inner.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => inner.RemoteEndPoint; set => inner.RemoteEndPoint = value; }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
