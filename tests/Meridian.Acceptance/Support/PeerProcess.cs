using System.Diagnostics;
using System.Text;

namespace Meridian.Acceptance.Support;

/// <summary>A name server of somebody else, from Debian, in a folder of its own.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private PeerProcess(Process process, string folder, int port)
    {
        _process = process;
        Folder = folder;
        Port = port;
    }

    public string Folder { get; }

    public int Port { get; }

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public static string? Find(string program) =>
        ((string[])["/usr/sbin", "/usr/bin"]).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    /// <summary>A folder for a peer's files.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("meridian-peer-").FullName;

    public static PeerProcess Start(string folder, int port, string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Find(program)!, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var peer = new PeerProcess(process, folder, port);
        process.ErrorDataReceived += (_, e) => peer.Add(e.Data);
        process.OutputDataReceived += (_, e) => peer.Add(e.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return peer;
    }

    /// <summary>BIND with these zone statements.</summary>
    public static PeerProcess Bind(string zones, string? folder = null)
    {
        folder ??= NewFolder();
        var port = FakeSite.FreePort();
        File.WriteAllText(Path.Combine(folder, "named.conf"), $$"""
            options { directory "{{folder}}"; pid-file "pid"; listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; };
              recursion no; dnssec-validation no; notify yes; minimal-responses yes; session-keyfile "session"; lock-file none; ixfr-from-differences yes; };
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
        var port = FakeSite.FreePort();
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
            catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
            {
                return false;
            }
        }, () => $"{seen}\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Add(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
