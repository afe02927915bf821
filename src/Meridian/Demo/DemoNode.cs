using System.Net;
using Meridian.Management;
using Meridian.Running;
using Microsoft.Extensions.Logging;

namespace Meridian.Demo;

/// <summary>A node of the demo with its management API, in this process.</summary>
internal sealed class DemoNode : IAsyncDisposable
{
    private readonly WebServer _management;

    private DemoNode(NodeOptions options, Node node, ManagementParts parts, WebServer management) =>
        (Options, Node, Parts, _management) = (options, node, parts, management);

    public NodeOptions Options { get; }

    public Node Node { get; }

    public ManagementParts Parts { get; }

    /// <summary>The port of its management API.</summary>
    public int ManagementPort => Options.Management.EndPoint.Port;

    /// <summary>The port on which it answers DNS.</summary>
    public int DnsPort => Options.Dns[0].Port;

    /// <exception cref="StartException">It cannot be started.</exception>
    public static async Task<DemoNode> StartAsync(NodeOptions options, ILoggerFactory logs)
    {
        var configuration = LoadedConfiguration.Load(options.Configuration);
        if (!configuration.Faults.IsEmpty)
            throw new StartException($"the demo's own configuration has a fault: {configuration.Faults[0]}");
        var time = TimeProvider.System;
        var node = await Node.StartAsync(options, configuration,
            await NodeKubernetes.StartAsync(null, options.StateFolder, time, _ => { }, default), time, logs);
        try
        {
            var parts = NodeManagement.Of(node, time);
            return new DemoNode(options, node, parts,
                await ManagementServer.StartAsync(parts, options.Management, time, logs));
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _management.DisposeAsync();
        await Node.DisposeAsync();
    }

    /// <summary>The options of a node that is like another and has its own sockets and state.</summary>
    /// <param name="options">Those of the other.</param>
    /// <param name="folder">The folder of its state.</param>
    /// <param name="dnsPort">The port on which it answers DNS.</param>
    /// <param name="managementPort">The port of its management API.</param>
    public static NodeOptions Like(NodeOptions options, string folder, int dnsPort, int managementPort) =>
        options with
        {
            StateFolder = folder,
            Dns = [new IPEndPoint(IPAddress.Loopback, dnsPort)],
            Management = new ManagementOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, managementPort) },
            Gateway = null,
        };
}
