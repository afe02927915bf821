using Meridian.Gateway;
using Meridian.Gateway.Serving;
using Meridian.Gateway.Tcp;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>Starts the sockets of a node's gateway.</summary>
internal static class NodeGateway
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Lets continuations run on the thread that heard the socket, before the first socket is made
    /// (docs/decisions/0010): a quarter of a request's processor time was spent on waking another thread. Who sets the
    /// variable himself decides.
    /// </summary>
    public static void Prepare(NodeOptions options)
    {
        if (options.Gateway is not null && Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
    }

    /// <returns>Null where the node has no gateway.</returns>
    /// <exception cref="StartException">It cannot start.</exception>
    public static async Task<GatewayServer?> StartAsync(Node node, NodeOptions options, TimeProvider time,
        ILoggerFactory logs)
    {
        if (node.Gateway is null)
            return null;
        try
        {
            return node.GatewayServer = await GatewayServer.StartAsync(node.Gateway, options.Gateway!, time, logs);
        }
        catch (GatewayException e)
        {
            throw new StartException(e.Message);
        }
    }

    /// <summary>Opens the ports of endpoints that pass connections on.</summary>
    /// <returns>Null where the node has no gateway.</returns>
    public static TcpServer? OpenPorts(Node node, NodeOptions options, ILoggerFactory logs) =>
        node.Ports = node.Gateway is null ? null : new TcpServer(node.Gateway, options.Gateway!, logs);
}
