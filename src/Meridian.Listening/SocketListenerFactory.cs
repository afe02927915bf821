using System.Net;
using Meridian.Addresses;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Meridian.Listening;

/// <summary>Makes the listening sockets of a Kestrel, which share places.</summary>
internal sealed class SocketListenerFactory(ConnectionPlaces places, DescriptorUse use,
    IOptions<SocketTransportOptions> options, TimeProvider time)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var connections = new SocketConnectionFactoryOptions
        {
            UnsafePreferInlineScheduling = options.Value.UnsafePreferInlineScheduling,
        };
        return ValueTask.FromResult<IConnectionListener>(
            new SocketListener(endpoint, connections, places, use, time));
    }
}
