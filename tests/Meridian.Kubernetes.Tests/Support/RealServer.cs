using Meridian.TestCluster;

[assembly: AssemblyFixture(typeof(Meridian.Kubernetes.Tests.Support.RealServer))]

namespace Meridian.Kubernetes.Tests.Support;

/// <summary>The one real API server of a run, started when a test first wants it.</summary>
public sealed class RealServer : IAsyncDisposable
{
    private readonly Lazy<Task<RealApiServer>> _server = new(RealApiServer.StartAsync);

    public Task<RealApiServer> Server => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _server.Value).DisposeAsync();
    }
}
