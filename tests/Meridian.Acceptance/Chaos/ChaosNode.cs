using System.Net;
using System.Net.Sockets;
using Meridian.Acceptance.Clusters;
using Meridian.Acceptance.Support;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Dns.Wire;

namespace Meridian.Acceptance.Chaos;

/// <summary>
/// A node on a disk of its own, with twenty pools and a zone that takes updates, and ExternalDNS's provider beside it.
/// </summary>
internal sealed class ChaosNode : IAsyncDisposable
{
    public const int Pools = 20;

    private readonly TestFolder _folder = new();
    private readonly ManagementClient _client;
    private readonly int _managementPort = Ports.Free();
    private readonly HttpClient _http = new() { Timeout = TestTime.Limit(5) };
    private readonly ProviderProcess _provider;
    private ChildProcess? _process;

    public ChaosNode(SmallDisk disk)
    {
        Disk = disk;
        Directory.CreateDirectory(Configuration);
        WriteConfiguration(Sound);
        File.WriteAllText(Geography, "network,country\n10.0.0.0/8,VN\n");
        _client = new ManagementClient(new Uri(Url), null);
        _provider = new ProviderProcess(null, Url);
    }

    /// <summary>What is served.</summary>
    public static string Sound { get; } = TestYaml.Part("TsigKey", "xfr", $"{{secret: {PeerProcess.Secret}}}")
        + TestYaml.Part("Zone", "z", "{origin: example.org, update: [{key: xfr}], "
            + "nameServers: [{name: ns.example.net}], records: [{name: www, type: A, data: [10.0.0.80]}]}")
        + string.Concat(Enumerable.Range(0, Pools).Select(i => TestYaml.Part("AddressPool", $"p{i}",
            $"{{addresses: [{{value: 10.0.1.{i + 1}}}, {{value: 10.0.2.{i + 1}}}]}}")));

    public SmallDisk Disk { get; }

    public SteppedClock Clock { get; } = new();

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
            "--state", Disk.Folder], Clock.Environment, _process);
        await UntilReadyAsync();
        await _provider.UntilReadyAsync();
    }

    public Task UntilReadyAsync() => _process!.UntilAnswersAsync(new Uri($"{Url}/readyz"), 60);

    /// <summary>Whether it says that it is ready, at once.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var response = await _http.GetAsync($"{Url}/readyz");
        return response.IsSuccessStatusCode;
    }

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

    /// <summary>Replaces the address of a name by a dynamic update, by the clock that the node has.</summary>
    /// <returns>What knsupdate says; nothing where it is done.</returns>
    public async Task<string> UpdateAsync(string name, string address)
    {
        var script = _folder.Write("update", $"server 127.0.0.1 {DnsPort}\nzone example.org\n"
            + $"update delete {name} A\nupdate add {name} 60 A {address}\nsend\n");
        var run = await Run.ProgramAsync("env", [.. Clock.Now.Select(v => $"{v.Key}={v.Value}"),
            "knsupdate", "-t", "5", "-r", "0", "-y", PeerProcess.Key, script]);
        return run.ExitCode == 0 ? "" : $"exit {run.ExitCode}: {run.Output}{run.Error}";
    }

    /// <summary>Gives a name its only address over the provider, or takes the name away.</summary>
    /// <param name="name">The name.</param>
    /// <param name="address">The address; the empty one for none.</param>
    /// <returns>What the provider says; nothing where it is done.</returns>
    public async Task<string> ChangeAsync(string name, string address)
    {
        using var dns = new FakeExternalDns(_provider.Uri, "chaos");
        return await dns.TryChangeAsync(address == "" ? "delete" : "updateNew",
            FakeExternalDns.Endpoint(name, "A", address == "" ? ["10.0.0.1"] : [address]));
    }

    /// <summary>The serial of the zone.</summary>
    public async Task<uint> SerialAsync()
    {
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, DnsPort);
        await client.SendAsync(Answer.Query("example.org", RecordType.SOA));
        return SerialOf((await client.ReceiveAsync(TestTime.Token(3))).Buffer);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        await _provider.DisposeAsync();
        _client.Dispose();
        _http.Dispose();
        Clock.Dispose();
        _folder.Dispose();
    }

    private static uint SerialOf(byte[] message)
    {
        var reader = new DnsReader(message);
        var serial = 0u;
        Assert.True(reader.TryReadBytes(12, out _) && reader.TrySkipName() && reader.TryReadUInt32(out _) // question
            && reader.TrySkipName() && reader.TryReadBytes(10, out _) // name; type, class, TTL, length
            && reader.TrySkipName() && reader.TrySkipName() && reader.TryReadUInt32(out serial));
        return serial;
    }
}
