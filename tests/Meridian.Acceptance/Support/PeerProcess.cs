using System.Net.Sockets;

namespace Meridian.Acceptance.Support;

/// <summary>A name server of somebody else, from Debian, in a folder of its own.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private PeerProcess(ChildProcess process, string folder, int port)
    {
        _process = process;
        Folder = folder;
        Port = port;
    }

    public string Folder { get; }

    public int Port { get; }

    public string Log => _process.Log;

    /// <summary>A folder for a peer's files.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("meridian-peer-").FullName;

    public static PeerProcess Start(string folder, int port, string program, params string[] arguments) =>
        new(ChildProcess.Start(Run.Find(program)!, arguments), folder, port);

    /// <summary>BIND with these zone statements.</summary>
    public static PeerProcess Bind(string zones, string? folder = null)
    {
        folder ??= NewFolder();
        var port = Ports.Free();
        File.WriteAllText(Path.Combine(folder, "named.conf"), $$"""
            options { directory "{{folder}}"; pid-file "pid"; listen-on port {{port}} { 127.0.0.1; };
              listen-on-v6 { none; }; recursion no; dnssec-validation no; notify yes; minimal-responses yes;
              session-keyfile "session"; lock-file none; ixfr-from-differences yes; };
            controls { };
            key "xfr" { algorithm hmac-sha256; secret "{{Secret}}"; };
            {{zones}}
            """);
        return Start(folder, port, "named", "-g", "-c", Path.Combine(folder, "named.conf"));
    }

    /// <summary>Knot with these remotes, ACLs and zones; <c>PORT</c> in them is its own port.</summary>
    public static PeerProcess Knot(string zones, string? folder = null)
    {
        folder ??= NewFolder();
        var port = Ports.Free();
        File.WriteAllText(Path.Combine(folder, "knot.conf"), $"""
            server:
                rundir: {folder}
                listen: 127.0.0.1@{port}
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            log:
              - target: stderr
                any: info
            database:
                storage: {folder}
            key:
              - id: xfr
                algorithm: hmac-sha256
                secret: {Secret}
            template:
              - id: default
                storage: {folder}
            {zones}
            """);
        return Start(folder, port, "knotd", "-c", Path.Combine(folder, "knot.conf"));
    }

    public const string Secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MDE=";

    /// <summary>For <c>dig</c> and <c>nsupdate</c>.</summary>
    public const string Key = "hmac-sha256:xfr:" + Secret;

    public async Task UntilAnswerAsync(string name, params string[] addresses)
    {
        var seen = "";
        await Wait.UntilAsync(async () =>
        {
            try
            {
                var answer = await Answer.AskAsync(Port, name);
                seen = answer.ToString();
                return answer.Addresses.Order().SequenceEqual(addresses.Order());
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                return false;
            }
        }, () => $"{seen}\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
