using System.Text.Json.Nodes;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Tunnels;

/// <summary>The real agent, in a folder of its own.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private const string Program = "meridian-agent.dll";

    private readonly TestFolder _folder = new();
    private ChildProcess? _process;

    public string Log => _process?.Log ?? "";

    private string Status => _folder.File("status.json");

    public Task<Run> CommandAsync(params string[] arguments) =>
        Run.DotnetAsync(Program, [.. arguments, "--state", _folder.Path]);

    /// <summary>Writes the agent's own file.</summary>
    public Task WriteAsync(string text) => File.WriteAllTextAsync(_folder.File("agent.yaml"), text);

    /// <summary>Enrols it as an agent of a node, which has to succeed.</summary>
    /// <param name="node">The node that makes the code.</param>
    /// <param name="name">Name of the TunnelAgent.</param>
    /// <param name="port">Where the agent dials to enrol.</param>
    public async Task EnrollAsync(TestNode node, string name, int port)
    {
        var code = await node.CommandAsync("tunnel", "enroll", name);
        Assert.True(code.ExitCode == 0, code.Error);
        var enrolled = await EnrollAsync(port, code.Output.Trim());
        Assert.True(enrolled.ExitCode == 0, enrolled.Error);
    }

    /// <summary>Enrols it with a code.</summary>
    public async Task<Run> EnrollAsync(int port, string code)
    {
        var file = _folder.File("code");
        await File.WriteAllTextAsync(file, code);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await CommandAsync("enroll", "--gateway", $"127.0.0.1:{port}", "--code-file", file);
    }

    public void Start(params string[] more) => _process = ChildProcess.Start("dotnet",
        [Run.Library(Program), "run", "--state", _folder.Path, .. more], new Dictionary<string, string>(), _process);

    public Task SignalAsync(string signal) => Run.ProgramAsync("kill", $"-{signal}", $"{_process!.Id}");

    /// <summary>
    /// The process that runs now, as it says itself: the one that was started, or one that took over from it.
    /// </summary>
    public int Running =>
        File.Exists(Status) && JsonNode.Parse(File.ReadAllText(Status)) is { } status
        ? (int)status["processId"]! : _process!.Id;

    public async Task<int> ExitAsync()
    {
        // Its output may stay open: a process that takes over has it too.
        await Wait.UntilAsync(() => _process!.HasExited, () => Log, 40);
        return _process!.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: true } && Running is var other && other != _process.Id)
            await Run.ProgramAsync("kill", "-KILL", $"{other}");
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }
}
