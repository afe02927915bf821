using System.Net;

namespace Meridian.Acceptance.Tunnels;

/// <summary>A body that is written while the answer is read.</summary>
internal sealed class DuplexBody : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new();
    private readonly TaskCompletionSource _end = new();

    public Task<Stream> Stream => _stream.Task;

    public void Complete() => _end.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        _stream.SetResult(stream);
        await _end.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
