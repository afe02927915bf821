using System.Net;

namespace Meridian.Gateway.Tests.Support;

/// <summary>A body whose second half comes when something has happened.</summary>
internal sealed class PausingContent(byte[] body, bool known, Func<Task> pause) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
        await stream.FlushAsync();
        await pause();
        await stream.WriteAsync(body.AsMemory(body.Length / 2));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return known;
    }
}
