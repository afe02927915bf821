using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Meridian.Bench.Dns;

/// <summary>dnsperf on core 1: a generator that others know, slower than ours.</summary>
internal static partial class Perf
{
    public const string Program = "/usr/bin/dnsperf";

    /// <summary>Answers a second.</summary>
    public static double Run(Server server, string mode, double seconds, string folder)
    {
        var file = Path.Combine(folder, "dnsperf");
        File.WriteAllLines(file, Enumerable.Range(0, Case.Names).Select(i => $"n{i}.{Case.Zone} A"));
        using var process = Process.Start(new ProcessStartInfo("taskset",
            ["-c", "1", Program, "-s", "127.0.0.1", "-p", $"{server.Port}", "-m", mode, "-d", file, "-l", $"{seconds}",
                "-c", "20", "-q", "400"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return PerSecond().Match(output) is { Success: true } match
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"Queries per second:\s+([0-9.]+)")]
    private static partial Regex PerSecond();
}
