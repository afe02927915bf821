using System.Net;
using System.Net.Sockets;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>A TCP service that does with each connection what a test says.</summary>
public sealed class TestOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TestOrigin(Func<Socket, Task> serve)
    {
        _listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                Socket socket;
                try
                {
                    socket = await _listener.AcceptSocketAsync();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }

                _ = Task.Run(async () =>
                {
                    using (socket)
                    {
                        socket.NoDelay = true;
                        try
                        {
                            await serve(socket);
                        }
                        catch (SocketException)
                        {
                            Broken.TrySetResult();
                        }
                    }
                });
            }
        });
    }

    /// <summary>Completed when a connection has broken off.</summary>
    public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Gives back what it gets, and ends when the other side has ended.</summary>
    public static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer) is > 0 and var count)
            await socket.SendAsync(buffer.AsMemory(0, count));
        socket.Shutdown(SocketShutdown.Send);
    }

    public void Dispose() => _listener.Dispose();
}
