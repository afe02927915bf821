using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Peers;

/// <summary>Another name server with the same zone, run as a process in a folder of its own.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private PeerServer(Process process, string folder, IPEndPoint endPoint)
    {
        _process = process;
        _folder = folder;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    public static string? Find(string program) =>
        ((string[])["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]).Select(d => Path.Combine(d, program))
        .FirstOrDefault(File.Exists);

    public static async Task<PeerServer> StartAsync(string program, string origin, string zone, bool signed = false)
    {
        var folder = Directory.CreateTempSubdirectory($"meridian-{program}-").FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "zone"), $"$ORIGIN {origin}.\n{zone}\n");
        var configuration = Path.Combine(folder, "conf");
        await File.WriteAllTextAsync(configuration,
            program == "knotd" ? Knot(folder, port, origin, signed) : Nsd(folder, port, origin));
        var start = new ProcessStartInfo(Find(program)!,
            program == "knotd" ? ["-c", configuration] : ["-d", "-c", configuration])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var output = new List<string>();
        process.OutputDataReceived += (_, e) => output.Add(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => output.Add(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peer = new PeerServer(process, folder, new IPEndPoint(IPAddress.Loopback, port));
        for (var i = 0; i < 100; i++)
        {
            if (await peer.AskAsync(new QueryBuilder(origin, RecordType.SOA).Build(), 100) is { Length: > 12 } answer
                && Reply.Parse(answer).Answer.Count == 1)
                return peer;
            await Task.Delay(50);
        }

        await peer.DisposeAsync();
        throw new InvalidOperationException($"{program} does not answer: {string.Join("\n", output)}");
    }

    /// <summary>A socket of one's own, for many queries.</summary>
    public PeerClient Connect() => new(EndPoint);

    public async Task<byte[]?> AskAsync(byte[] query, int milliseconds = 2000)
    {
        using var client = new UdpClient();
        client.Connect(EndPoint);
        try
        {
            await client.SendAsync(query);
            return (await client.ReceiveAsync(new CancellationTokenSource(milliseconds).Token)).Buffer;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private const string Signing =
        "zonefile-sync: -1\n    journal-content: all\n    dnssec-signing: on\n    dnssec-policy: ecdsa";

    private static string Knot(string folder, int port, string origin, bool signed) => $"""
        server:
            rundir: {folder}
            listen: 127.0.0.1@{port}
            udp-workers: 1
            tcp-workers: 1
            background-workers: 1
        log:
          - target: stderr
            any: warning
        database:
            storage: {folder}
        template:
          - id: default
            storage: {folder}
            journal-content: none
            zonefile-load: {(signed ? "difference-no-serial" : "whole")}
        policy:
          - id: ecdsa
            algorithm: ecdsap256sha256
            single-type-signing: on
            cds-cdnskey-publish: always
        zone:
          - domain: {origin}
            file: {folder}/zone
            {(signed ? Signing : "")}
        """;

    private static string Nsd(string folder, int port, string origin) => $"""
        server:
            ip-address: 127.0.0.1@{port}
            username: ""
            zonesdir: "{folder}"
            pidfile: "{folder}/pid"
            xfrdfile: "{folder}/xfrd"
            xfrdir: "{folder}"
            zonelistfile: "{folder}/zonelist"
            database: ""
            server-count: 1
            minimal-responses: yes
            rrl-ratelimit: 0
            rrl-whitelist-ratelimit: 0
        remote-control:
            control-enable: no
        zone:
            name: "{origin}"
            zonefile: "zone"
        """;

    // Free for UDP and for TCP.
    private static int FreePort()
    {
        while (true)
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                udp.Bind(tcp.LocalEndPoint!);
                return ((IPEndPoint)tcp.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // Taken for UDP: another one.
            }
        }
    }
}
