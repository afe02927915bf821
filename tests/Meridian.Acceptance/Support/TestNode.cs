using System.Diagnostics;
using System.Text;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Dns.Wire;

namespace Meridian.Acceptance.Support;

/// <summary>The real program, serving a configuration that the test can change.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Header = "apiVersion: meridian.dev/v1alpha1\n";

    public const string Zone = Header
        + "kind: Zone\nmetadata: {name: z}\nspec: {origin: example.org, soa: {negativeTtl: 1s}, nameServers: [{name: ns.example.net}], records: [{name: www, type: A, data: [10.0.0.80]}]}\n---\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-test-").FullName;
    private readonly StringBuilder _log = new();
    private readonly ManagementClient _client;
    private Process? _process;

    public TestNode(string configuration, string name = "test")
    {
        Name = name;
        DnsPort = FakeSite.FreePort();
        ManagementPort = FakeSite.FreePort();
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigurationFile)!);
        Write(configuration);
        _client = new ManagementClient(new Uri(Url), null);
    }

    public string Name { get; }

    public int DnsPort { get; }

    public int ManagementPort { get; }

    /// <summary>Variables that the program is started with besides those of the test.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Url => $"http://127.0.0.1:{ManagementPort}";

    public string ConfigurationFile => Path.Combine(_folder, "config", "test.yaml");

    public string StateFolder => Path.Combine(_folder, "state");

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public void Write(string configuration)
    {
        // Written beside it and moved, as a careful tool does: the node never sees half a file.
        var temporary = Path.Combine(_folder, "new");
        File.WriteAllText(temporary, configuration);
        File.Move(temporary, ConfigurationFile, overwrite: true);
    }

    public async Task<TestNode> StartAsync(bool ready = true, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet",
            [Run.Program, "serve", "--config", Path.GetDirectoryName(ConfigurationFile)!, "--dns",
                $"127.0.0.1:{DnsPort}",
             "--management", $"127.0.0.1:{ManagementPort}", "--state", StateFolder, "--node", Name, .. more])
        {
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_log)
                _log.AppendLine(e.Data);
        };
        _process.BeginErrorReadLine();
        using var http = new HttpClient();
        await Wait.UntilAsync(async () =>
        {
            try
            {
                Assert.False(_process.HasExited, Log);
                var response = await http.GetAsync($"{Url}/{(ready ? "readyz" : "healthz")}");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => Log, 30);
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

    /// <summary>Waits for a line of the log: it comes through a pipe, after what it tells of.</summary>
    public Task UntilLoggedAsync(string part) =>
        Wait.UntilAsync(() => Log.Contains(part, StringComparison.Ordinal), () => Log);

    public Task<Run> CommandAsync(params string[] arguments) => Run.MeridianAsync([.. arguments, "--server", Url]);

    public void Signal(string signal) => Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]).WaitForExit();

    /// <summary>Asks it to end, and gives its exit status.</summary>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        Signal(signal);
        await _process!.WaitForExitAsync(new CancellationTokenSource(15_000).Token);
        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await StopAsync("KILL");
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
