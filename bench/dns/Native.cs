using System.Diagnostics;

namespace Meridian.Bench.Dns;

/// <summary>The two programs in C, built anew for every run.</summary>
internal static class Native
{
    public static string Build(string name, string folder)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "native", $"{name}.c");
        var output = Path.Combine(folder, name);
        using var compiler = Process.Start("cc", ["-O2", "-o", output, source]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? output : throw new InvalidOperationException($"cc cannot build {source}");
    }
}
