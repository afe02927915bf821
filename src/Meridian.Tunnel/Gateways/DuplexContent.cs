using System.Net;

namespace Meridian.Tunnel.Gateways;

/// <summary>The body of a request that is written while the answer is read.</summary>
internal sealed class DuplexContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the body is written to, once the request is under way.</summary>
    public Task<Stream> Body => _stream.Task;

    /// <summary>Ends the body.</summary>
    public void Complete() => _end.TrySetResult();

    /// <summary>Breaks the body off.</summary>
    public void Break() => _end.TrySetException(new IOException("the stream was abandoned"));

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync(); // sends the head, which would otherwise wait for the first octets of the body
        _stream.TrySetResult(stream);
        await _end.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        Break();
        base.Dispose(disposing);
    }
}
