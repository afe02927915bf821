namespace Meridian.Testing.Etcd;

/// <summary>
/// One member of a real etcd cluster on this machine, with its data, which is killed and started again.
/// </summary>
public sealed class EtcdMember : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private ChildProcess? _process;

    public EtcdMember(string name = "m1")
    {
        (Name, ClientPort, PeerPort) = (name, Ports.Free(), Ports.Free());
        InitialCluster = $"{name}={PeerUrl}";
    }

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing { get; } = Run.Has("etcd") && Run.Has("etcdctl") ? null
        : "etcd is not installed; on Debian: apt-get install etcd-server etcd-client";

    public string Name { get; }

    public int ClientPort { get; }

    public int PeerPort { get; }

    public string Address => $"127.0.0.1:{ClientPort}";

    public string PeerUrl => $"http://127.0.0.1:{PeerPort}";

    /// <summary>The members of the cluster, as <c>--initial-cluster</c> has them.</summary>
    public string InitialCluster { get; set; }

    /// <summary>Further options of etcd.</summary>
    public string[] Options { get; set; } = [];

    /// <summary><c>https</c> where <see cref="Options"/> ask for TLS.</summary>
    public string Scheme { get; set; } = "http";

    /// <summary>Options of etcdctl, for TLS and users.</summary>
    public string[] ClientOptions { get; set; } = [];

    public string Log => _process?.Log ?? "";

    public string DataFolder { get; private set; } = "data";

    /// <summary>The path of a file beside the data.</summary>
    public string File(string name) => _folder.File(name);

    public static async Task<EtcdMember> StartedAsync(params string[] options)
    {
        var member = new EtcdMember { Options = options };
        await member.StartAsync();
        return member;
    }

    /// <summary>Starts it and waits until it serves.</summary>
    public async Task StartAsync()
    {
        Launch();
        await ReadyAsync();
    }

    public void Launch() => _process = ChildProcess.Start("etcd",
    [
        "--name", Name, "--data-dir", _folder.File(DataFolder),
        "--listen-client-urls", $"{Scheme}://{Address}", "--advertise-client-urls", $"{Scheme}://{Address}",
        "--listen-peer-urls", PeerUrl, "--initial-advertise-peer-urls", PeerUrl,
        "--initial-cluster", InitialCluster, "--logger", "zap", .. Options,
    ], new Dictionary<string, string>(), _process);

    /// <summary>Waits until it serves.</summary>
    public Task ReadyAsync() => Wait.UntilAsync(
        async () => _process is { HasExited: false }
            ? (await Run.ProgramAsync("etcdctl", Arguments("endpoint", "health"))).ExitCode == 0
            : throw new InvalidOperationException($"etcd has ended: {Log}"),
        () => Log.Length > 3000 ? Log[^3000..] : Log, 60);

    public void Signal(string signal) => _process!.Signal(signal);

    public async Task KillAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    /// <summary>Runs etcdctl at this member and gives what it prints.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        var run = await Run.ProgramAsync("etcdctl", Arguments(arguments));
        return run.ExitCode == 0 ? run.Output
            : throw new InvalidOperationException($"etcdctl {string.Join(' ', arguments)}: {run.Output}{run.Error}");
    }

    /// <summary>Replaces the data of the member, which does not run, by those of a snapshot.</summary>
    public async Task RestoreAsync(string snapshot, string token)
    {
        DataFolder = $"restored-{Guid.NewGuid():n}";
        await ControlAsync("snapshot", "restore", snapshot, "--name", Name, "--data-dir", _folder.File(DataFolder),
            "--initial-cluster", InitialCluster, "--initial-advertise-peer-urls", PeerUrl,
            "--initial-cluster-token", token);
    }

    /// <summary>The store's revision.</summary>
    public async Task<long> RevisionAsync()
    {
        var answer = await ControlAsync("get", "/none", "-w", "json");
        using var document = System.Text.Json.JsonDocument.Parse(answer);
        return document.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    // Certificates of tests are for names.
    private string Host => Scheme == "https" ? "localhost" : "127.0.0.1";

    private string[] Arguments(params string[] arguments) =>
        ["--endpoints", $"{Scheme}://{Host}:{ClientPort}", "--dial-timeout", "2s", .. ClientOptions, .. arguments];
}
