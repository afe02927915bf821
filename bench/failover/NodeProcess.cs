using Meridian.Testing;

namespace Meridian.Bench.Failover;

/// <summary>The real program, serving one name for each site.</summary>
internal sealed class NodeProcess : IServer
{
    private readonly TestFolder _folder = new();
    private readonly ChildProcess _process;

    private NodeProcess(string configuration, int managementPort)
    {
        DnsPort = Ports.Free();
        _folder.Write("bench.yaml", configuration);
        _process = ChildProcess.Start("dotnet", Run.Library("meridian.dll"), "serve", "--config", _folder.Path,
            "--dns", $"127.0.0.1:{DnsPort}", "--management", $"127.0.0.1:{managementPort}",
            "--state", _folder.File("state"));
    }

    public int DnsPort { get; }

    public static async Task<NodeProcess> StartAsync(string configuration)
    {
        var port = Ports.Free();
        var node = new NodeProcess(configuration, port);
        await node._process.UntilAnswersAsync(new Uri($"http://127.0.0.1:{port}/readyz"));
        return node;
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }
}
