using System.CommandLine;
using System.ComponentModel;
using System.Text.Json;
using Meridian.Agent.Identity;

namespace Meridian.Agent.Commands;

/// <summary>
/// <c>meridian-agent upgrade</c>: another file in the place of the program, and a process of it in the place of the one
/// that runs.
/// </summary>
internal static class UpgradeCommand
{
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The new meridian-agent" };
        var folder = RootCommandFactory.Folder();
        var output = RootCommandFactory.Output();
        var command = new Command("upgrade",
            "Replace the program on this host. A running agent hands over to the new one and loses nothing; "
            + "one that does not come up changes nothing.")
        {
            file,
            folder,
            output,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(file),
            new AgentFolder(result.GetRequiredValue(folder)), result.GetRequiredValue(output) == "json",
            result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, AgentFolder folder, bool json,
        InvocationConfiguration console, CancellationToken cancellationToken)
    {
        try
        {
            var running = AgentStatus.Read(folder.Status);
            var program = running is null ? null : ProgramOf(running.ProcessId);
            return program is null
                ? await ReplaceAsync(file, Environment.ProcessPath!, null, folder, json, console, cancellationToken)
                : await ReplaceAsync(file, program, running, folder, json, console, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return Fail(e.Message, console);
        }
    }

    private static async Task<int> ReplaceAsync(string file, string program, AgentStatus? running, AgentFolder folder,
        bool json, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            return Fail("this agent is run by a runtime, and is no file of its own", console);
        var replacement = new ProgramReplacement(program);
        if (await replacement.PrepareAsync(file, cancellationToken) is not { } version)
            return Fail($"{file} does not run on this host; nothing has changed", console);
        replacement.Commit();
        if (running is null)
        {
            await console.Output.WriteLineAsync(TextOf(
                new UpgradeDocument(program, version, replacement.Old, null, null), json));
            return ExitCode.Done;
        }

        ProcessSignal.Send(running.ProcessId, Successor.Signal);
        if (await SuccessorOf(running, folder, cancellationToken) is not { } successor)
        {
            replacement.Undo();
            return Fail($"the new program has no tunnels after {TakeOverLimit.TotalSeconds:0} s: "
                + "the old one goes on, and is in its place again", console);
        }

        await console.Output.WriteLineAsync(TextOf(new UpgradeDocument(program, version, replacement.Old,
            successor.ProcessId, running.ProcessId), json));
        return ExitCode.Done;
    }

    internal static string TextOf(UpgradeDocument done, bool json) =>
        json ? JsonSerializer.Serialize(done, AgentJson.Default.UpgradeDocument)
        : done.ProcessId is null
        ? $"{done.Program} is version {done.Version}; no agent runs with this folder"
        : $"process {done.ProcessId}, version {done.Version}, has taken over from {done.Before}, "
            + $"which ends when what is under way has ended; the old program is {done.Old}";

    // Null where none has taken over within the limit.
    private static async Task<AgentStatus?> SuccessorOf(AgentStatus running, AgentFolder folder,
        CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < TakeOverLimit)
        {
            if (AgentStatus.Read(folder.Status) is { } status && status.Stands
                && status.ProcessId != running.ProcessId)
                return status;
            await Task.Delay(ReadInterval, cancellationToken);
        }

        return null;
    }

    // The file of the process that runs; this command may be another one. Null where no agent has this number: an agent
    // that was killed leaves its status behind, and the number may belong to another program by now, which is neither
    // replaced nor signalled.
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

    private static int Fail(string message, InvocationConfiguration console)
    {
        console.Error.WriteLine(ErrorLine.Of(message));
        return ExitCode.Failed;
    }
}
