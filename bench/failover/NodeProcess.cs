using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Failover;

/// <summary>The real program, serving one name for each site.</summary>
internal sealed class NodeProcess : IServer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-bench-").FullName;
    private readonly Process _process;

    private NodeProcess(string configuration)
    {
        DnsPort = FreePort();
        ManagementPort = FreePort();
        File.WriteAllText(Path.Combine(_folder, "bench.yaml"), configuration);
        _process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "meridian.dll"), "serve", "--config", _folder, "--dns",
                $"127.0.0.1:{DnsPort}",
             "--management", $"127.0.0.1:{ManagementPort}", "--state", Path.Combine(_folder, "state")])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public int DnsPort { get; }

    private int ManagementPort { get; }

    public static async Task<NodeProcess> StartAsync(string configuration)
    {
        var node = new NodeProcess(configuration);
        using var http = new HttpClient();
        for (var i = 0; i < 500; i++)
        {
            try
            {
                if ((await http.GetAsync($"http://127.0.0.1:{node.ManagementPort}/readyz")).IsSuccessStatusCode)
                    return node;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(20);
        }

        node.Dispose();
        throw new InvalidOperationException("the node is not ready after 10 s");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
