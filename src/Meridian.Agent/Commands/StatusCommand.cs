using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Agent.Identity;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent status</c>: the state of the agent that runs here.</summary>
internal static class StatusCommand
{
    private const int FingerprintShown = 16;

    public static Command Create()
    {
        var folder = RootCommandFactory.Folder();
        var output = RootCommandFactory.Output();
        var command = new Command("status",
            "Show connections, services and the certificate of the agent that runs on this host.") { folder, output };
        command.SetAction(result => Show(new AgentFolder(result.GetRequiredValue(folder)),
            result.GetRequiredValue(output) == "json", result.InvocationConfiguration));
        return command;
    }

    private static int Show(AgentFolder folder, bool json, InvocationConfiguration console)
    {
        if (AgentStatus.Read(folder.Status) is not { } status || !IsRunning(status.ProcessId))
        {
            console.Error.WriteLine("meridian-agent: no agent runs with this folder");
            return ExitCode.Failed;
        }

        if (json)
            console.Output.WriteLine(JsonSerializer.Serialize(status, AgentJson.Default.AgentStatus));
        else
            WriteTables(status, console.Output);
        return status.Links.Any(l => l.Fault is null) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void WriteTables(AgentStatus status, TextWriter output)
    {
        output.WriteLine($"process {status.ProcessId}, {status.InFlight} connections to services, "
            + $"certificate {status.Fingerprint[..FingerprintShown].ToLowerInvariant()} "
            + $"until {status.CertificateUntil.UtcDateTime:u}");
        output.WriteLine("\nTUNNEL  GATEWAY                        NODE              FORM       STATE");
        foreach (var (i, link) in status.Links.Index())
            output.WriteLine($"{i,-7} {link.Gateway,-30} {DisplayText.Escape(link.Node ?? "-"),-17} {link.Form,-10} "
                + $"{DisplayText.Escape(link.Fault ?? "up")} since {link.Since.UtcDateTime:u}");
        output.WriteLine("\nSERVICE                 HEALTH    WHY");
        foreach (var service in status.Services)
            output.WriteLine($"{service.Name,-23} {service.Health,-9} {DisplayText.Escape(service.Reason)}");
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
