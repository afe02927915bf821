using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Testing;

namespace Meridian.Bench.Failover;

/// <summary>
/// The peer: gdnsd with the same names, sites and thresholds, at its shortest interval (2 s) and the same share of it
/// as timeout as users choose (half).
/// </summary>
internal sealed class GdnsdProcess : IServer
{
    public const string Program = "/usr/sbin/gdnsd";
    public const int Interval = 2;

    private readonly TestFolder _folder = new();
    private readonly ChildProcess _process;

    private GdnsdProcess(IReadOnlyList<Site> sites, int port)
    {
        DnsPort = Ports.Free();
        foreach (var folder in (string[])["zones", "run", "state"])
            Directory.CreateDirectory(_folder.File(folder));
        var resources = string.Concat(sites
            .Select((s, i) => $"r{i} => {{ primary => {s.Address}, secondary => 127.41.0.1, service_types => web "
                + $"}}\n"));
        _folder.Write("config", $$"""
            options => { listen => [ 127.0.0.1:{{DnsPort}} ],
                run_dir => {{_folder.Path}}/run, state_dir => {{_folder.Path}}/state }
            service_types => { web => { plugin => http_status, port => {{port}}, url_path => /, ok_codes => [ 200 ],
                interval => {{Interval}}, timeout => 1, up_thresh => 2, ok_thresh => 2, down_thresh => 2 } }
            plugins => { simplefo => { {{resources}} } }
            """);
        var zone = new StringBuilder("@ SOA ns.example.net. root.example.net. ( 1 7200 1800 259200 30 )\n@ NS "
            + "ns.example.net.\n");
        for (var i = 0; i < sites.Count; i++)
            zone.Append($"n{i} 5/5 DYNA simplefo!r{i}\n");
        _folder.Write("zones/example.org", zone.ToString());
        _process = ChildProcess.Start(Program, "-c", _folder.Path, "start");
    }

    public int DnsPort { get; }

    public static async Task<GdnsdProcess> StartAsync(IReadOnlyList<Site> sites, int port)
    {
        var server = new GdnsdProcess(sites, port);
        await Wait.UntilAsync(async () =>
        {
            using var client = new UdpClient();
            client.Connect(IPAddress.Loopback, server.DnsPort);
            try
            {
                await client.SendAsync(Trial.Query("n0.example.org"));
                await client.ReceiveAsync(new CancellationTokenSource(50).Token);
                return true;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                return false;
            }
        }, () => $"gdnsd does not answer: {server._process.Log}");
        return server;
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }
}
