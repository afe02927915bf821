using System.Collections.Immutable;
using System.Net.Sockets;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>One service that tells its load, and cannot be reached.</summary>
public sealed class LoadedServices : IServiceTable
{
    public double Load { get; set; }

    public ImmutableArray<ServiceReport> Reports => [new ServiceReport("llm", ServiceHealth.Up, "test", Load)];

    public Task<Socket?> ConnectAsync(string service, CancellationToken cancellationToken) =>
        Task.FromResult<Socket?>(null);
}
