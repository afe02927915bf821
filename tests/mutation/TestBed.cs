using System.Diagnostics;

namespace Meridian.Mutation;

/// <summary>A copy of a test program's folder, in which one assembly is exchanged for each mutant.</summary>
internal sealed class TestBed
{
    private readonly string _folder;
    private readonly string _tests;
    private readonly string _assembly;

    public TestBed(string root, string project, string assembly, int number)
    {
        _tests = $"{project}.Tests";
        _folder = Path.Combine(root, "artifacts", "mutation", $"{project}.{number}");
        _assembly = Path.Combine(_folder, $"{assembly}.dll");
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(_folder)!);
        var build = Path.Combine(root, "tests", _tests, "bin", "Debug", "net10.0");
        using var copy = Process.Start("cp", ["-rl", build, _folder]);
        copy.WaitForExit();
        if (!File.Exists(_assembly))
        {
            throw new InvalidOperationException($"{_tests} has no {assembly}.dll that could be changed");
        }
        File.Delete(Path.Combine(_folder, $"{assembly}.pdb"));
    }

    /// <summary>Whether the filters of the last run that ended let no test through: it proves nothing.</summary>
    public bool MeetsNone { get; private set; }

    /// <summary>Runs the tests that these filters let through (all, if there are none) on the changed room.</summary>
    public Outcome Try(Room room, Mutant? mutant, IReadOnlyList<string> filters, TimeSpan limit)
    {
        if (!room.Write(mutant, _assembly))
        {
            return Outcome.Invalid;
        }
        return Run(filters, limit);
    }

    public Outcome Run(IReadOnlyList<string> filters, TimeSpan limit)
    {
        var start = new ProcessStartInfo(Path.Combine(_folder, _tests), [.. filters, "-stopOnFail", "-noColor"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        MeetsNone = false;
        process.OutputDataReceived += (_, line) =>
            MeetsNone |= line.Data?.Contains(" Total: 0", StringComparison.Ordinal) == true;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(limit))
        {
            process.WaitForExit(); // until its output has been read to the end
            return process.ExitCode == 0 ? Outcome.Survived : Outcome.Killed;
        }
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return Outcome.TimedOut;
    }
}
