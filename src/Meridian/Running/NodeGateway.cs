using Meridian.Gateway;
using Meridian.Gateway.Serving;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>Starts the sockets of a node's gateway.</summary>
internal static class NodeGateway
{
    /// <returns>Null where the node has no gateway.</returns>
    /// <exception cref="StartException">It cannot start.</exception>
    public static async Task<GatewayServer?> StartAsync(Node node, NodeOptions options, TimeProvider time, ILoggerFactory logs)
    {
        if (node.Gateway is null)
            return null;
        try
        {
            return await GatewayServer.StartAsync(node.Gateway, options.Gateway!, time, logs);
        }
        catch (GatewayException e)
        {
            throw new StartException(e.Message);
        }
    }
}
