using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Meridian.Agent.Identity;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Commands;

/// <summary>
/// The process that takes over from this one, from the file that is in its place now. It dials beside this one under
/// the same instance, so that gateways take both for one. When its tunnels stand, this one takes nothing new and ends.
/// </summary>
internal sealed class Successor(AgentFolder folder, string instance, Action<LogLevel, string> log, TimeProvider time)
{
    /// <summary>Names the instance to the process that takes over.</summary>
    public const string Variable = "MERIDIAN_AGENT_INSTANCE";

    /// <summary>SIGUSR2, which asks for it (signal(7): 12 on x86-64 and arm64).</summary>
    public const PosixSignal Signal = (PosixSignal)12;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether it is coming up, so that <c>status.json</c> is its own to write.</summary>
    public bool IsStarting { get; private set; }

    /// <summary>Whether it has taken over.</summary>
    public bool HasTakenOver { get; private set; }

    /// <summary>Starts it, and waits until its tunnels stand.</summary>
    /// <returns>Whether it has taken over; otherwise this process goes on as if nothing had been.</returns>
    public async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        if (IsStarting)
            return false;
        IsStarting = true;
        Process? process = null;
        try
        {
            process = Process.Start(StartInfo())!;
            log(LogLevel.Information, $"process {process.Id} is to take over");
            if (await StandsAsync(process, cancellationToken))
            {
                new SystemdNotifier().Notify(new ServiceState($"MAINPID={process.Id}"));
                log(LogLevel.Information, $"process {process.Id} has taken over");
                return HasTakenOver = true;
            }

            log(LogLevel.Error, process.HasExited
                ? $"process {process.Id} has ended with status {process.ExitCode}, and this one goes on"
                : $"process {process.Id} has no tunnels after {StartLimit.TotalSeconds:0} s, and this one goes on");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or OperationCanceledException)
        {
            log(LogLevel.Error, $"nothing takes over: {e.Message}");
        }

        if (process is { HasExited: false })
            process.Kill();
        IsStarting = false;
        return false;
    }

    private async Task<bool> StandsAsync(Process process, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < StartLimit && !process.HasExited)
        {
            if (AgentStatus.Read(folder.Status) is { } status && status.ProcessId == process.Id && status.Stands)
                return true;
            await Task.Delay(ReadInterval, time, cancellationToken);
        }

        return false;
    }

    // As this one was started. Where a runtime runs it, the first argument is the file that is run.
    private ProcessStartInfo StartInfo()
    {
        var program = Environment.ProcessPath!;
        var arguments = Environment.GetCommandLineArgs();
        var isHosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return new ProcessStartInfo(program, isHosted ? arguments : arguments[1..])
        {
            Environment = { [Variable] = instance },
        };
    }
}
