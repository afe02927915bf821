using System.CommandLine;
using System.Diagnostics;
using Meridian.Agent.Identity;

namespace Meridian.Agent.Commands;

/// <summary>
/// <c>meridian-agent upgrade</c>: another file in the place of the program, and a process of it in the place of the one
/// that runs.
/// </summary>
internal static class UpgradeCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The new meridian-agent" };
        var folder = RootCommandFactory.Folder();
        var command = new Command("upgrade",
            "Replace the program on this host. A running agent hands over to the new one and loses nothing; one that does not come up changes nothing.") { file, folder };
        command.SetAction((result, cancellationToken) =>
            RunAsync(result.GetRequiredValue(file), new AgentFolder(result.GetRequiredValue(folder)),
                cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, AgentFolder folder, CancellationToken cancellationToken)
    {
        var running = AgentStatus.Read(folder.Status);
        try
        {
            // What runs, not what this command is: they may be two files. One that was killed leaves its status behind,
            // and its number may be another program's by now, which is neither replaced nor signalled.
            var program = running is not null ? ProgramOf(running.ProcessId) : null;
            if (program is null)
                (program, running) = (Environment.ProcessPath!, null);
            if (Path.GetFileNameWithoutExtension(program) == "dotnet")
                return Fail("this agent is run by a runtime, and is no file of its own");
            var next = $"{program}.new";
            File.Copy(file, next, overwrite: true);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(next, File.GetUnixFileMode(program));
            if (await VersionOf(next, cancellationToken) is not { } version)
            {
                File.Delete(next);
                return Fail($"{file} does not run on this host; nothing has changed");
            }

            var old = $"{program}.old";
            File.Copy(program, old, overwrite: true);
            File.Move(next, program, overwrite: true);
            if (running is null)
            {
                Console.WriteLine($"{program} is version {version}; no agent runs with this folder");
                return ExitCode.Done;
            }

            ProcessSignal.Send(running.ProcessId, Successor.Signal);
            var began = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                if (AgentStatus.Read(folder.Status) is { } status && status.ProcessId != running.ProcessId
                    && status.Stands)
                {
                    Console.WriteLine($"process {status.ProcessId}, version {version}, has taken over from {running.ProcessId}, which ends when what is under way has ended; the old program is {old}");
                    return ExitCode.Done;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }

            File.Move(old, program, overwrite: true);
            return Fail($"the new program has no tunnels after {Patience.TotalSeconds:0} s: the old one goes on, and is in its place again");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or System.ComponentModel.Win32Exception)
        {
            return Fail(e.Message);
        }
    }

    // Null where no agent has this number.
    private static string? ProgramOf(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/exe", returnFinalTarget: true)?.FullName is { } program
                && Path.GetFileName(program) == Path.GetFileName(Environment.ProcessPath) ? program : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Null for a file that does not run here.
    private static async Task<string?> VersionOf(string program, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program,
                ["--version"]) { RedirectStandardOutput = true })!;
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? text.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine($"meridian-agent: {message}");
        return ExitCode.Failed;
    }
}
