using System.Collections.Immutable;
using Meridian.Files;

namespace Meridian.CommandLine;

/// <summary>How this program is called from a shell, so that commands that it prints can be pasted.</summary>
internal static class ProgramName
{
    public static string Current { get; } = Of(Environment.ProcessPath, Environment.GetCommandLineArgs()[0],
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)]);

    /// <param name="process">Path of the process's program.</param>
    /// <param name="assembly">Path of the assembly that it runs.</param>
    /// <param name="folders">Folders of programs that need no path.</param>
    internal static string Of(string? process, string assembly, ImmutableArray<string> folders)
    {
        if (process is null)
            return "meridian";
        if (Path.GetFileNameWithoutExtension(process) == "dotnet")
            return $"dotnet {ShellText.Quote(assembly)}";
        return folders.Contains(Path.GetDirectoryName(process)!) ? Path.GetFileName(process) : ShellText.Quote(process);
    }
}
