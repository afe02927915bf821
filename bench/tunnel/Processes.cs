using Meridian.Testing;

namespace Meridian.Bench.Tunnels;

/// <summary>The real programs of a run, and the folder that they share.</summary>
internal sealed class Processes : IDisposable
{
    private readonly List<ChildProcess> _all = [];
    private readonly TestFolder _folder = new();

    public string Folder => _folder.Path;

    public ChildProcess Start(string program, params string[] arguments)
    {
        var process = ChildProcess.Start(program, arguments);
        _all.Add(process);
        return process;
    }

    /// <summary>Runs a program that must succeed, and gives its output.</summary>
    public static async Task<string> RunAsync(string program, string input, params string[] arguments)
    {
        var run = await Run.WithInputAsync(input, program, arguments);
        return run.ExitCode == 0
            ? run.Output.Trim()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {run.Error}");
    }

    public void Dispose()
    {
        foreach (var process in Enumerable.Reverse(_all))
            process.Dispose();
        _folder.Dispose();
    }
}
