using System.Diagnostics;
using System.Globalization;

namespace Meridian.Bench.Dns;

/// <summary>What one run of the generator on core 1 has seen.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="Lost">Queries without an answer.</param>
/// <param name="Wrong">Answers with a code that is neither NOERROR nor NXDOMAIN.</param>
/// <param name="P50">Latency in microseconds.</param>
/// <param name="P99">Latency in microseconds.</param>
/// <param name="P999">Latency in microseconds.</param>
/// <param name="Busy">Share of its core that the server used.</param>
internal sealed record Load(double PerSecond, long Lost, long Wrong, double P50, double P99, double P999, double Busy)
{
    private const int GeneratorCore = 1;
    private const int Sockets = 8;
    private const int Outstanding = 32;

    /// <param name="program">The generator.</param>
    /// <param name="server">What it asks.</param>
    /// <param name="file">The queries.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="rate">Queries a second; 0 for a closed loop.</param>
    public static Load Run(string program, Server server, string file, double seconds, double rate = 0)
    {
        var before = server.Usage.ProcessorSeconds;
        using var process = Process.Start(new ProcessStartInfo("taskset",
            ["-c", $"{GeneratorCore}", program, $"{server.Port}", $"{seconds}", $"{Sockets}", $"{Outstanding}",
                $"{rate:0}", file])
        { RedirectStandardOutput = true })!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var used = server.Usage.ProcessorSeconds - before;
        var f = line.Split(' ').Select(p => double.Parse(p, CultureInfo.InvariantCulture)).ToArray();
        return new Load(f[0] / seconds, (long)f[1], (long)f[2], f[3], f[4], f[5], used / seconds);
    }
}
