using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Upstreams;

/// <summary>Opens connections to an address: over TCP, or through a tunnel.</summary>
internal sealed class UpstreamDialer(UpstreamKey key, TunnelDial? tunnels)
{
    /// <summary>Opens one whose directions end by themselves.</summary>
    /// <exception cref="UpstreamException">It cannot be made.</exception>
    public async ValueTask<UpstreamPipe> OpenAsync(CancellationToken cancellationToken)
    {
        if (key.Tunnel is { } source)
        {
            var connection = await TunnelAsync(source, false, cancellationToken);
            return new UpstreamPipe(connection.Stream, connection.CompleteWrites);
        }

        var socket = await ConnectAsync(cancellationToken);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        return new UpstreamPipe(new NetworkStream(socket, ownsSocket: true),
            () => socket.Shutdown(SocketShutdown.Send));
    }

    /// <summary>Opens one.</summary>
    /// <param name="bulk">Whether a large body will be sent.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The stream; its socket, or for a tunnel what is called when the connection is kept for later.</returns>
    /// <exception cref="UpstreamException">It cannot be made.</exception>
    public async ValueTask<(Socket? Socket, Stream Stream, Action? Keep)> ConnectAsync(bool bulk,
        CancellationToken cancellationToken)
    {
        if (key.Tunnel is not { } source)
        {
            var socket = await ConnectAsync(cancellationToken);
            return (socket, new NetworkStream(socket, ownsSocket: true), null);
        }

        var connection = await TunnelAsync(source, bulk, cancellationToken);
        return (null, connection.Stream, connection.Keep);
    }

    private async ValueTask<TunnelConnection> TunnelAsync(TunnelSource source, bool bulk,
        CancellationToken cancellationToken)
    {
        if (tunnels is null)
            throw new UpstreamException(FailureKind.Connect, "this node takes no tunnels; start it with --tunnel");
        try
        {
            return await tunnels(source, bulk, cancellationToken);
        }
        catch (IOException e)
        {
            throw new UpstreamException(FailureKind.Connect, e.Message, e);
        }
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            EndPoint endPoint = IpText.TryParse(key.Host, out var ip)
                ? new IPEndPoint(ip, key.Port) : new DnsEndPoint(key.Host, key.Port);
            await socket.ConnectAsync(endPoint, cancellationToken);
            return Descriptors.HasRoomFor(socket, DescriptorUse.Node) ? socket
                : throw new UpstreamException(FailureKind.Connect, "connect: this node has too many connections");
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException fault)
                throw new UpstreamException(FailureKind.Connect,
                    $"connect: {ErrorText.Of(fault.SocketErrorCode)}", e);
            throw;
        }
    }
}
