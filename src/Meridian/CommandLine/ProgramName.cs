using System.Collections.Immutable;

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
            return $"dotnet {Quoted(assembly)}";
        return folders.Contains(Path.GetDirectoryName(process)!) ? Path.GetFileName(process) : Quoted(process);
    }

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || "/\\._-:+".Contains(c))
        ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
