using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Peers;

/// <summary>Another name server with the same zone, run as a process in a folder of its own.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TestFolder _folder;

    private PeerServer(ChildProcess process, TestFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public static async Task<PeerServer> StartAsync(string program, string origin, string zone, bool signed = false)
    {
        var folder = new TestFolder();
        var port = Ports.Free();
        folder.Write("zone", $"$ORIGIN {origin}.\n{zone}\n");
        var configuration = folder.Write("conf",
            program == "knotd" ? Knot(folder.Path, port, origin, signed) : Nsd(folder.Path, port, origin));
        var process = ChildProcess.Start(Run.Find(program)!,
            program == "knotd" ? ["-c", configuration] : ["-d", "-c", configuration]);
        var peer = new PeerServer(process, folder, port);
        try
        {
            await Wait.UntilAsync(() => peer.IsReadyAsync(origin), () => $"{program} does not answer: {process.Log}");
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }

        return peer;
    }

    /// <summary>A socket of one's own, for many queries.</summary>
    public PeerClient Connect() => new(EndPoint);

    /// <summary>Asks once over UDP; null where no answer comes in time.</summary>
    public async Task<byte[]?> AskAsync(byte[] query, double seconds = 2)
    {
        using var client = new UdpClient();
        client.Connect(EndPoint);
        try
        {
            await client.SendAsync(query);
            return (await client.ReceiveAsync(TestTime.Token(seconds))).Buffer;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private const string Signing =
        "zonefile-sync: -1\n    journal-content: all\n    dnssec-signing: on\n    dnssec-policy: ecdsa";

    private async Task<bool> IsReadyAsync(string origin) =>
        await AskAsync(new QueryBuilder(origin, RecordType.SOA).Build(), 0.1) is { Length: > 12 } answer
        && Reply.Parse(answer).Answer.Count == 1;

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
}
