using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Tunnel.Connections;

/// <summary>A stream that is connected already, as a connection that Kestrel serves.</summary>
internal sealed class StreamConnection : ConnectionContext, IDuplexPipe
{
    private static readonly StreamPipeReaderOptions ReaderOptions =
        new(bufferSize: 32 * 1024, minimumReadSize: 4096, leaveOpen: true, useZeroByteReads: true);

    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stream _stream;

    public StreamConnection(Stream stream, EndPoint? remote)
    {
        _stream = stream;
        RemoteEndPoint = remote;
        Input = PipeReader.Create(stream, ReaderOptions);
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        Transport = this;
        ConnectionClosed = _closed.Token;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("n");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    /// <summary>Completed when Kestrel is done with it.</summary>
    public Task Ended => _ended.Task;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _stream.Dispose();
        _closed.Cancel();
    }

    public override async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _closed.CancelAsync();
        _ended.TrySetResult();
        await base.DisposeAsync();
    }
}
