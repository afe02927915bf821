using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Meridian.Tunnel.Sites;

/// <summary>
/// Copies octets both ways between a stream of the tunnel and the socket of a service. Each direction ends by itself.
/// </summary>
internal static class Pump
{
    // The size of reads while little comes, which is held meanwhile, and while much comes.
    private const int Small = 4 * 1024;
    private const int Large = 64 * 1024;

    public static async Task RunAsync(HttpContext context, Socket socket)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var up = GuardAsync(UpAsync(context.Request.BodyReader, socket, end.Token));
        var down = GuardAsync(DownAsync(socket, context.Response, end.Token));
        await Task.WhenAll(up, down);

        // A direction that breaks off ends the other one too, and the far side sees a reset instead of an end.
        async Task GuardAsync(Task direction)
        {
            try
            {
                await direction;
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException
                or ObjectDisposedException or InvalidOperationException)
            {
                await end.CancelAsync();
                socket.Close(0);
                context.Abort();
            }
        }
    }

    private static async Task UpAsync(PipeReader from, Socket to, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await from.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                await SendAsync(to, segment, cancellationToken);
            from.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private static async Task DownAsync(Socket from, HttpResponse to, CancellationToken cancellationToken)
    {
        var size = Small;
        while (true)
        {
            var count = await from.ReceiveAsync(to.BodyWriter.GetMemory(size)[..size], SocketFlags.None,
                cancellationToken);
            if (count == 0)
                break;
            size = count == size ? Large : Small;
            to.BodyWriter.Advance(count);
            await to.BodyWriter.FlushAsync(cancellationToken);
        }

        await to.CompleteAsync();
    }

    private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> octets,
        CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
            octets = octets[await socket.SendAsync(octets, SocketFlags.None, cancellationToken)..];
    }
}
