using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Bench.Gateway;

/// <summary>A program pinned to one core, from its start until it is disposed.</summary>
internal sealed class PinnedProcess : IAsyncDisposable
{
    private const double TicksPerSecond = 100;

    private readonly Process _process;

    private PinnedProcess(string name, int port, Process process)
    {
        Name = name;
        Port = port;
        _process = process;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Seconds of processor time that it and its children have used.</summary>
    public double ProcessorSeconds =>
        Family(_process.Id).Sum(id => Stat(id) is { } fields ? (fields[11] + fields[12]) / TicksPerSecond : 0);

    /// <summary>Resident memory of it and its children.</summary>
    public double ResidentMegabytes =>
        Family(_process.Id).Sum(id => Stat(id) is { } fields
            ? fields[21] * Environment.SystemPageSize / 1024 / 1024 : 0);

    public static async Task<PinnedProcess> StartAsync(string name, int core, int port, string program,
        params string[] arguments)
    {
        var start = new ProcessStartInfo("taskset",
            ["-c", $"{core}", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        var output = new List<string>();
        process.OutputDataReceived += (_, e) => output.Add(e.Data ?? "");
        process.ErrorDataReceived += (_, e) => output.Add(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return new PinnedProcess(name, port, process);
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        process.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"{name} does not listen: {string.Join("\n", output.TakeLast(10))}");
    }

    public static async Task<string> OutputAsync(int core, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("taskset",
            ["-c", $"{core}", program, .. arguments]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static IEnumerable<int> Family(int id)
    {
        var children = $"/proc/{id}/task/{id}/children";
        var text = File.Exists(children) ? File.ReadAllText(children) : "";
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(c => Family(int.Parse(c, CultureInfo.InvariantCulture))).Prepend(id);
    }

    // Fields of /proc/PID/stat behind the name in parentheses: utime is the 12th of them, stime the 13th, rss the 22nd.
    private static double[]? Stat(int id)
    {
        var file = $"/proc/{id}/stat";
        if (!File.Exists(file))
            return null;
        var text = File.ReadAllText(file);
        return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ')
            .Select(f => double.TryParse(f, CultureInfo.InvariantCulture, out var n) ? n : 0)];
    }
}
