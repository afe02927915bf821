using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Bench.Failover;

/// <summary>
/// The peer: gdnsd with the same names, sites and thresholds, at its shortest interval (2 s) and the same share of it
/// as timeout as users choose (half).
/// </summary>
internal sealed class GdnsdProcess : IServer
{
    public const string Program = "/usr/sbin/gdnsd";
    public const int Interval = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("gdnsd-bench-").FullName;
    private readonly Process _process;

    private GdnsdProcess(IReadOnlyList<Site> sites, int port)
    {
        DnsPort = NodeProcess.FreePort();
        foreach (var folder in (string[])["zones", "run", "state"])
            Directory.CreateDirectory(Path.Combine(_folder, folder));
        var resources = string.Concat(sites
            .Select((s, i) => $"r{i} => {{ primary => {s.Address}, secondary => 127.41.0.1, service_types => web }}\n"));
        File.WriteAllText(Path.Combine(_folder, "config"), $$"""
            options => { listen => [ 127.0.0.1:{{DnsPort}} ], run_dir => {{_folder}}/run, state_dir => {{_folder}}/state }
            service_types => { web => { plugin => http_status, port => {{port}}, url_path => /, ok_codes => [ 200 ],
                interval => {{Interval}}, timeout => 1, up_thresh => 2, ok_thresh => 2, down_thresh => 2 } }
            plugins => { simplefo => { {{resources}} } }
            """);
        var zone = new StringBuilder("@ SOA ns.example.net. root.example.net. ( 1 7200 1800 259200 30 )\n@ NS ns.example.net.\n");
        for (var i = 0; i < sites.Count; i++)
            zone.Append($"n{i} 5/5 DYNA simplefo!r{i}\n");
        File.WriteAllText(Path.Combine(_folder, "zones", "example.org"), zone.ToString());
        _process = Process.Start(new ProcessStartInfo(Program, ["-c", _folder, "start"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public int DnsPort { get; }

    public static async Task<GdnsdProcess> StartAsync(IReadOnlyList<Site> sites, int port)
    {
        var server = new GdnsdProcess(sites, port);
        for (var i = 0; i < 200; i++)
        {
            using var client = new UdpClient();
            client.Connect(IPAddress.Loopback, server.DnsPort);
            try
            {
                await client.SendAsync(Trial.Query("n0.example.org"));
                await client.ReceiveAsync(new CancellationTokenSource(50).Token);
                return server;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                await Task.Delay(50);
            }
        }

        server.Dispose();
        throw new InvalidOperationException("gdnsd does not answer");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
