using Meridian.Acceptance.Support;
using Meridian.Api;
using Meridian.Api.Contracts;

namespace Meridian.Acceptance.Chaos;

/// <summary>A node on a disk of its own, with twenty pools and a zone that takes updates.</summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    public const int Pools = 20;

    private readonly TestFolder _folder = new();
    private readonly ManagementClient _client;
    private readonly int _managementPort = Ports.Free();
    private ChildProcess? _process;

    public ChaosNode(SmallDisk disk)
    {
        Disk = disk;
        Directory.CreateDirectory(Configuration);
        WriteConfiguration(Sound);
        File.WriteAllText(Geography, "network,country\n10.0.0.0/8,VN\n");
        _client = new ManagementClient(new Uri(Url), null);
    }

    /// <summary>What is served.</summary>
    public static string Sound { get; } = TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}")
        + TestYaml.Part("Zone", "z", "{origin: example.org, update: [{key: xfr}], "
            + "nameServers: [{name: ns.example.net}], records: [{name: www, type: A, data: [10.0.0.80]}]}")
        + string.Concat(Enumerable.Range(0, Pools).Select(i => TestYaml.Part("AddressPool", $"p{i}",
            $"{{addresses: [{{value: 10.0.1.{i + 1}}}, {{value: 10.0.2.{i + 1}}}]}}")));

    public SmallDisk Disk { get; }

    public int DnsPort { get; } = Ports.Free();

    public string Configuration => _folder.File("config");

    public string Geography => _folder.File("geo.csv");

    public string Database => Path.Combine(Disk.Folder, "meridian.db");

    public string Log => _process?.Log ?? "";

    public int Id => _process!.Id;

    private string Url => $"http://127.0.0.1:{_managementPort}";

    public void WriteConfiguration(string text) =>
        File.Move(_folder.Write("new", text), Path.Combine(Configuration, "a.yaml"), overwrite: true);

    public async Task StartAsync()
    {
        _process = ChildProcess.Start("dotnet", [MeridianProgram.Library, "serve", "--config", Configuration,
            "--geo", Geography, "--dns", $"127.0.0.1:{DnsPort}", "--management", $"127.0.0.1:{_managementPort}",
            "--state", Disk.Folder], new Dictionary<string, string>(), _process);
        await UntilReadyAsync();
    }

    public Task UntilReadyAsync() => _process!.UntilAnswersAsync(new Uri($"{Url}/readyz"), 60);

    public void Signal(string signal) => _process!.Signal(signal);

    public Task<int> ExitAsync() => _process!.ExitAsync(30);

    public Task<StatusReport> StatusAsync() => _client.StatusAsync(TestTime.Token(20));

    /// <summary>The overrides in force: reason by target.</summary>
    public async Task<Dictionary<string, string>> OverridesAsync() =>
        (await _client.OverridesAsync(TestTime.Token(20))).ToDictionary(o => o.Target, o => o.Reason);

    public Task SetAsync(string target, string reason) => _client.SetOverrideAsync(
        new OverrideRequest(target, Model.Verdicts.OverrideState.Up, reason, "chaos", null), TestTime.Token(20));

    public Task ClearAsync(string target) => _client.ClearOverrideAsync(target, "chaos", true,
        TestTime.Token(20));

    /// <summary>Replaces the address of a name by a dynamic update.</summary>
    /// <returns>What nsupdate says; nothing where it is done.</returns>
    public async Task<string> UpdateAsync(string name, string address)
    {
        var script = _folder.Write("update", $"server 127.0.0.1 {DnsPort}\nzone example.org\n"
            + $"update delete {name} A\nupdate add {name} 60 A {address}\nsend\n");
        var run = await Run.ProgramAsync("nsupdate", "-t", "5", "-r", "0", "-u", "4", "-y", PeerProcess.Key, script);
        return run.Output + run.Error;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }
}
