using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Wire;
using Meridian.Testing;
using Meridian.Testing.Etcd;

namespace Meridian.Bench.Fleet;

/// <summary>One node of the cluster, far from the store.</summary>
internal sealed class FleetNode : IAsyncDisposable
{
    private static readonly TimeSpan Asking = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private readonly LinkProxy? _way;
    private readonly ChildProcess _process;
    private readonly int _dnsPort = Ports.Free();
    private readonly int _managementPort = Ports.Free();

    /// <param name="configuration">What it serves.</param>
    /// <param name="number">Its number, and that of its region.</param>
    /// <param name="store">Port of etcd; null for a node that is alone.</param>
    /// <param name="delay">The time to the store, one way.</param>
    public FleetNode(string configuration, int number, int? store, TimeSpan delay)
    {
        _folder.Write("bench.yaml", configuration);
        _way = store is { } port ? new LinkProxy(port) { Delay = delay } : null;
        string[] options = _way is null ? [] : ["--store", $"etcd://{_way.Address}", "--region", $"r{number}"];
        _process = ChildProcess.Start("dotnet", [Run.Library("meridian.dll"), "serve", "--config", _folder.Path,
            "--dns", $"127.0.0.1:{_dnsPort}", "--management", $"127.0.0.1:{_managementPort}",
            "--state", _folder.File("state"), "--node", $"n{number}", .. options]);
    }

    public string Log => _process.Log;

    public Task UntilReadyAsync() => _process.UntilAnswersAsync(new Uri($"http://127.0.0.1:{_managementPort}/readyz"));

    /// <summary>The nodes that it knows.</summary>
    public async Task<string> NodesAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{_managementPort}/api/v1/nodes"));
    }

    /// <summary>Seconds from a moment on until it answers a name with an address; infinite where it does not.</summary>
    public async Task<double> UntilAnsweredAsync(string name, string right, long since)
    {
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, _dnsPort);
        byte[] query = [7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse(name).Wire, 0, 1, 0, 1];
        var wanted = IPAddress.Parse(right).GetAddressBytes();
        while (Stopwatch.GetElapsedTime(since) < Limit)
        {
            await client.SendAsync(query);
            using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            var answer = (await client.ReceiveAsync(silence.Token)).Buffer;
            if (answer.AsSpan(answer.Length - 4).SequenceEqual(wanted))
                return Stopwatch.GetElapsedTime(since).TotalSeconds;
            await Task.Delay(Asking);
        }

        return double.PositiveInfinity;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (_way is not null)
            await _way.DisposeAsync();
        _folder.Dispose();
    }
}
