using System.Diagnostics;
using System.Net;
using DnsClient;
using Meridian.Testing;

namespace Meridian.Bench.Kubernetes;

/// <summary>The real program, with its resources in a cluster.</summary>
internal sealed class NodeUnderTest : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ChildProcess _process;
    private readonly LookupClient _dns;

    public NodeUnderTest(string kubeconfig)
    {
        var port = Ports.Free();
        _process = ChildProcess.Start("dotnet", Run.Library("meridian.dll"), "serve", "--kubernetes",
            "--kubeconfig", _folder.Write("config", kubeconfig), "--dns", $"127.0.0.1:{port}",
            "--management", $"127.0.0.1:{Ports.Free()}", "--state", _folder.File("state"), "--rate-limit", "0");
        _dns = new LookupClient(new LookupClientOptions(new DnsClient.NameServer(IPAddress.Loopback,
            port))
        { UseCache = false, Retries = 0, Timeout = TimeSpan.FromSeconds(1) });
    }

    /// <summary>Resident memory, in MiB.</summary>
    public double Resident => _process.Usage.ResidentMegabytes;

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
        _process.Dispose();
        _folder.Dispose();
    }
}
