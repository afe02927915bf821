using System.Diagnostics;
using System.Runtime.InteropServices;
using Meridian.Agent.Identity;
using Microsoft.Extensions.Hosting.Systemd;

namespace Meridian.Agent.Commands;

/// <summary>
/// The process that takes over from this one, with the file that stands in its place now. It dials beside this one
/// under the same instance, so that gateways take both for one; when its tunnels stand, this one takes nothing new and
/// ends.
/// </summary>
internal sealed class Successor(AgentFolder folder, string instance, Action<string> log, TimeProvider time)
{
    /// <summary>Names the instance to the process that takes over.</summary>
    public const string Variable = "MERIDIAN_AGENT_INSTANCE";

    /// <summary>SIGUSR2, which asks for it (signal(7): 12 on x86-64 and arm64).</summary>
    public const PosixSignal Signal = (PosixSignal)12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whether it is coming up, so that what is said of the agent is its to say.</summary>
    public bool IsStarting { get; private set; }

    /// <summary>Whether it is there.</summary>
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
            process = Process.Start(Own())!;
            log($"process {process.Id} is to take over");
            var began = time.GetTimestamp();
            while (time.GetElapsedTime(began) < Patience && !process.HasExited)
            {
                if (AgentStatus.Read(folder.Status) is { } status && status.ProcessId == process.Id && status.Stands)
                {
                    new SystemdNotifier().Notify(new ServiceState($"MAINPID={process.Id}"));
                    log($"process {process.Id} has taken over");
                    return HasTakenOver = true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
            }

            log(process.HasExited ? $"process {process.Id} has ended with status {process.ExitCode}, and this one goes on" : $"process {process.Id} has no tunnels after {Patience.TotalSeconds:0} s, and this one goes on");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException
            or OperationCanceledException)
        {
            log($"nothing takes over: {e.Message}");
        }

        if (process is { HasExited: false })
            process.Kill();
        IsStarting = false;
        return false;
    }

    // As this one was started; where a runtime runs it, the file that is run comes first.
    private ProcessStartInfo Own()
    {
        var arguments = Environment.GetCommandLineArgs();
        var isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return new ProcessStartInfo(Environment.ProcessPath!,
            isHosted ? arguments : arguments[1..]) { Environment = { [Variable] = instance } };
    }
}
