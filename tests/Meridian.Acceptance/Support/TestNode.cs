using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Dns.Wire;

namespace Meridian.Acceptance.Support;

/// <summary>The real program, serving a configuration that the test can change.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    /// <summary>A configuration that serves nothing; a file without any resource is a fault.</summary>
    public static readonly string Empty = TestYaml.Part("Site", "nowhere", "{latitude: 0, longitude: 0}");

    public static readonly string Zone = TestYaml.Part("Zone", "z", "{origin: example.org, soa: {negativeTtl: 1s}, "
        + "nameServers: [{name: ns.example.net}], records: [{name: www, type: A, data: [10.0.0.80]}]}");

    private readonly TestFolder _folder = new();
    private readonly ManagementClient _client;
    private ChildProcess? _process;

    public TestNode(string configuration, string name = "test")
    {
        Name = name;
        DnsPort = Ports.Free();
        ManagementPort = Ports.Free();
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigurationFile)!);
        Write(configuration);
        _client = new ManagementClient(new Uri(Url), null);
    }

    public string Name { get; }

    public int DnsPort { get; }

    public int ManagementPort { get; }

    /// <summary>Variables that the program is started with besides those of the test.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>How many files and sockets it may have open; null for as many as the test.</summary>
    public int? Descriptors { get; init; }

    /// <summary>Those that it has open, as the kernel names what is behind them.</summary>
    public string[] OpenDescriptors =>
        [.. Directory.GetFileSystemEntries($"/proc/{_process!.Id}/fd").Select(f => new FileInfo(f).LinkTarget ?? "")];

    /// <summary>How many threads it has.</summary>
    public int Threads => Directory.GetDirectories($"/proc/{_process!.Id}/task").Length;

    /// <summary>Processor time that it has used, in seconds.</summary>
    public double ProcessorSeconds => _process!.Usage.ProcessorSeconds;

    /// <summary>Its resident memory, in MiB.</summary>
    public double ResidentMegabytes => _process!.Usage.ResidentMegabytes;

    public string Url => $"http://127.0.0.1:{ManagementPort}";

    public string ConfigurationFile => Path.Combine(_folder.Path, "config", "test.yaml");

    public string StateFolder => _folder.File("state");

    public string Log => _process?.Log ?? "";

    public void Write(string configuration)
    {
        // Written beside it and moved, as a careful tool does: the node never sees half a file.
        File.Move(_folder.Write("new", configuration), ConfigurationFile, overwrite: true);
    }

    public async Task<TestNode> StartAsync(bool ready = true, params string[] more)
    {
        string[] program = Descriptors is { } limit
            ? ["bash", "-c", $"ulimit -n {limit}; exec \"$@\"", "bash", "dotnet"] : ["dotnet"];
        _process = ChildProcess.Start(program[0],
            [.. program[1..], MeridianProgram.Library, "serve", "--config", Path.GetDirectoryName(ConfigurationFile)!,
                "--dns", $"127.0.0.1:{DnsPort}", "--management", $"127.0.0.1:{ManagementPort}",
                "--state", StateFolder, "--node", Name, .. more], Environment, before: _process);
        await _process.UntilAnswersAsync(new Uri($"{Url}/{(ready ? "readyz" : "healthz")}"));
        return this;
    }

    public Task<Answer> AskAsync(string name, RecordType type = RecordType.A) => Answer.AskAsync(DnsPort, name, type);

    public Task<StatusReport> StatusAsync() => _client.StatusAsync(default);

    public async Task UntilAnswerAsync(string name, params string[] addresses)
    {
        var seen = "";
        await Wait.UntilAsync(async () =>
        {
            Assert.False(_process!.HasExited, $"the node has ended\n{Log}");
            var answer = await AskAsync(name);
            seen = answer.ToString();
            return answer.Addresses.Order().SequenceEqual(addresses.Order());
        }, () => $"{seen}\n{Log}");
    }

    /// <summary>Waits for a line of the log, which may come through its pipe after what it reports.</summary>
    public Task UntilLoggedAsync(string part) =>
        Wait.UntilAsync(() => Log.Contains(part, StringComparison.Ordinal), () => Log);

    public Task<Run> CommandAsync(params string[] arguments) =>
        MeridianProgram.RunAsync([.. arguments, "--server", Url]);

    public void Signal(string signal) => _process!.Signal(signal);

    /// <summary>Asks it to end, and gives its exit status.</summary>
    public Task<int> StopAsync(string signal = "TERM")
    {
        Signal(signal);
        return _process!.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }
}
