using Meridian.Addresses;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Meridian.Listening;

/// <summary>How a server of this program listens with Kestrel.</summary>
public static class ListeningServices
{
    /// <summary>
    /// Accepts connections with a place each, and without spinning when none can be accepted. After the services of
    /// Kestrel.
    /// </summary>
    /// <param name="services">The server's services.</param>
    /// <param name="perClient">Places of one client (<see cref="ClientNetwork"/>) at all its sockets.</param>
    /// <param name="inAll">Places of all clients together.</param>
    /// <param name="use">What the connections are for, which says when they give way to others
    /// (<see cref="Descriptors"/>).</param>
    /// <param name="time">The clock.</param>
    public static void AddListening(this IServiceCollection services, int perClient, int inAll, DescriptorUse use,
        TimeProvider time)
    {
        var places = new ConnectionPlaces(perClient, inAll);
        services.AddSingleton<IConnectionListenerFactory>(provider => new SocketListenerFactory(places, use,
            provider.GetRequiredService<IOptions<SocketTransportOptions>>(), time));
    }

    /// <summary>
    /// Returns the place of a connection once it has sent a whole request; the connection itself stays open.
    /// </summary>
    public static void GiveBackPlace(this HttpContext context) => context.Features.Get<ConnectionPlace>()?.Dispose();
}
