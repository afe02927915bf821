using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Meridian.Testing;

/// <summary>A program that runs beside the test until it is disposed; all that it writes is kept.</summary>
public sealed class ChildProcess : IAsyncDisposable, IDisposable
{
    // What a test left behind whose start failed, so that nobody disposed it, ends with the test program.
    private static readonly ConcurrentDictionary<ChildProcess, bool> Running = [];

    private readonly Process _process;
    private readonly StringBuilder _log;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Keys)
            left.Dispose();
    };

    private ChildProcess(ProcessStartInfo start, StringBuilder log)
    {
        _log = log;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        Running[this] = true;
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it has written to its output and error streams so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>What it and its children have used so far.</summary>
    public ProcessUsage Usage => ProcessUsage.Of(Id);

    public static ChildProcess Start(string program, params string[] arguments) =>
        new(new ProcessStartInfo(program, arguments), new StringBuilder());

    /// <summary>Starts a program; its log goes on where that of an earlier process ended.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables besides those of the test.</param>
    /// <param name="before">The process that ran before, whose log is continued.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment, ChildProcess? before = null)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ChildProcess(start, before?._log ?? new StringBuilder());
    }

    /// <summary>Sends it a signal, such as <c>TERM</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended, and gives its exit status.</summary>
    public async Task<int> ExitAsync(double seconds = 15)
    {
        await _process.WaitForExitAsync(TestTime.Token(seconds));
        return _process.ExitCode;
    }

    /// <summary>
    /// Waits until it answers a GET request at an address with a status of success; fails at once where it ends.
    /// </summary>
    public async Task UntilAnswersAsync(Uri address, double seconds = 30)
    {
        using var http = new HttpClient();
        await Wait.UntilAsync(async () =>
        {
            if (HasExited)
                throw new InvalidOperationException($"the process has ended: {Log}");
            try
            {
                using var response = await http.GetAsync(address);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => $"{address} gives no success: {Log}", seconds);
    }

    /// <summary>Kills it with all its children, if it still runs.</summary>
    public void Dispose()
    {
        if (!Running.TryRemove(this, out _))
            return;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Running.TryRemove(this, out _))
            return;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(line);
    }
}
