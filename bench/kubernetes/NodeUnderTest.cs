using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DnsClient;

namespace Meridian.Bench.Kubernetes;

/// <summary>The real program, with its resources in a cluster.</summary>
internal sealed class NodeUnderTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-bench-").FullName;
    private readonly Process _process;
    private readonly LookupClient _dns;

    public NodeUnderTest(string kubeconfig)
    {
        File.WriteAllText(Path.Combine(_folder, "config"), kubeconfig);
        var port = FreePort();
        _process = Process.Start(new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "meridian.dll"), "serve", "--kubernetes", "--kubeconfig",
                Path.Combine(_folder, "config"),
            "--dns", $"127.0.0.1:{port}", "--management", $"127.0.0.1:{FreePort()}", "--state",
                Path.Combine(_folder, "state"), "--rate-limit", "0"])
        { RedirectStandardError = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _dns = new LookupClient(new LookupClientOptions(new DnsClient.NameServer(IPAddress.Loopback,
            port))
        { UseCache = false, Retries = 0, Timeout = TimeSpan.FromSeconds(1) });
    }

    /// <summary>Resident memory in octets.</summary>
    public long Resident =>
        long.Parse(File.ReadLines($"/proc/{_process.Id}/status")
            .First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    /// <summary>Asks without a pause until the answer is the one that is wanted; a minute at most.</summary>
    public async Task UntilAsync(string address)
    {
        var until = Stopwatch.StartNew();
        while (until.Elapsed < TimeSpan.FromMinutes(1))
        {
            try
            {
                if ((await _dns.QueryAsync("kokoro.example.org", QueryType.A)).Answers.ARecords()
                    .FirstOrDefault()?.Address.ToString() == address)
                    return;
            }
            catch (DnsResponseException)
            {
                // It does not listen yet.
            }

            await Task.Delay(1);
        }

        throw new TimeoutException($"no answer {address} within a minute");
    }

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
