using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>Services on loopback ports.</summary>
public sealed class TestServices : IServiceTable
{
    public ConcurrentDictionary<string, (int Port, ServiceHealth Health)> Ports { get; } = [];

    public ImmutableArray<ServiceReport> Reports =>
        [.. Ports.Select(p => new ServiceReport(p.Key, p.Value.Health, "test"))];

    public async Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken)
    {
        if (!Ports.TryGetValue(service, out var place))
            return null;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, place.Port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
