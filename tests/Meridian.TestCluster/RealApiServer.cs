using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Meridian.TestCluster;

/// <summary>
/// A real <c>kube-apiserver</c> with its <c>etcd</c>, from the folder that <c>KUBEBUILDER_ASSETS</c> names, on loopback and
/// with a token. One for all tests of a process; each test works in a namespace of its own.
/// </summary>
public sealed class RealApiServer : IAsyncDisposable
{
    /// <summary>What a test says that is skipped for want of a server.</summary>
    public const string Missing = "KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd";

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-kube-").FullName;
    private readonly List<Process> _processes = [];
    private readonly string _token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private int _port;

    /// <summary>Folder of the programs; null where there are none.</summary>
    public static string? Assets => Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder
        && File.Exists(Path.Combine(folder, "kube-apiserver")) && File.Exists(Path.Combine(folder, "etcd")) ? folder : null;

    public string Kubeconfig => $$$"""
        apiVersion: v1
        kind: Config
        current-context: real
        contexts: [{name: real, context: {cluster: real, user: real, namespace: default}}]
        clusters: [{name: real, cluster: {server: "https://127.0.0.1:{{{_port}}}", insecure-skip-tls-verify: true}}]
        users: [{name: real, user: {token: {{{_token}}}}}]
        """;

    public static async Task<RealApiServer> StartAsync()
    {
        var server = new RealApiServer();
        await server.RunAsync(Assets ?? throw new InvalidOperationException(Missing));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task RunAsync(string assets)
    {
        var (etcd, peer) = (FreePort(), FreePort());
        _port = FreePort();
        Start(Path.Combine(assets, "etcd"), $"--data-dir={_folder}/etcd", $"--listen-client-urls=http://127.0.0.1:{etcd}",
            $"--advertise-client-urls=http://127.0.0.1:{etcd}", $"--listen-peer-urls=http://127.0.0.1:{peer}", "--unsafe-no-fsync");
        await File.WriteAllTextAsync($"{_folder}/tokens.csv", $"{_token},admin,admin,system:masters\n");
        using (var key = RSA.Create(2048))
        {
            await File.WriteAllTextAsync($"{_folder}/sa.key", key.ExportRSAPrivateKeyPem());
            await File.WriteAllTextAsync($"{_folder}/sa.pub", key.ExportSubjectPublicKeyInfoPem());
        }

        Start(Path.Combine(assets, "kube-apiserver"), $"--etcd-servers=http://127.0.0.1:{etcd}", $"--cert-dir={_folder}/certs", "--bind-address=127.0.0.1",
            $"--secure-port={_port}", $"--token-auth-file={_folder}/tokens.csv", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={_folder}/sa.pub",
            $"--service-account-signing-key-file={_folder}/sa.key", "--disable-admission-plugins=ServiceAccount");
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });
        client.DefaultRequestHeaders.Authorization = new("Bearer", _token);
        var until = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync($"https://127.0.0.1:{_port}/api/v1/namespaces/default");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (until.Elapsed > TimeSpan.FromSeconds(90))
                throw new TimeoutException($"kube-apiserver does not get ready:\n{await File.ReadAllTextAsync($"{_folder}/kube-apiserver.log")}");
            await Task.Delay(200);
        }
    }

    private void Start(string program, params string[] arguments)
    {
        var log = Path.Combine(_folder, $"{Path.GetFileName(program)}.log");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec \"$0\" \"$@\" > '{log}' 2>&1");
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _processes.Add(Process.Start(start)!);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
