using System.Collections.Immutable;
using System.Net.Sockets;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Sites;

/// <summary>The services of an agent: what its own file allows, whatever a gateway asks for.</summary>
public interface IServiceTable
{
    /// <summary>All of them as they are now.</summary>
    ImmutableArray<ServiceReport> Reports { get; }

    /// <summary>A connection to a service; null where there is none of this name.</summary>
    /// <exception cref="SocketException">It does not answer.</exception>
    Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken);
}
