using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Kubernetes;

/// <summary>The real program, with its resources in a cluster.</summary>
internal sealed class NodeUnderTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-bench-").FullName;
    private readonly Process _process;

    public NodeUnderTest(string kubeconfig)
    {
        File.WriteAllText(Path.Combine(_folder, "config"), kubeconfig);
        Port = FreePort();
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "meridian.dll"), "serve", "--kubernetes", "--kubeconfig", Path.Combine(_folder, "config"),
            "--dns", $"127.0.0.1:{Port}", "--management", $"127.0.0.1:{FreePort()}", "--state", Path.Combine(_folder, "state"), "--rate-limit", "0"])
        { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Resident memory in octets.</summary>
    public long Resident => long.Parse(File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
