using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Meridian.Agent.Identity;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent status</c>: how the agent that runs here is.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var folder = RootCommandFactory.Folder();
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("status",
            "Show connections, services and the certificate of the agent that runs on this host.") { folder, json };
        command.SetAction(result => Show(new AgentFolder(result.GetRequiredValue(folder)), result.GetValue(json)));
        return command;
    }

    private static int Show(AgentFolder folder, bool json)
    {
        if (AgentStatus.Read(folder.Status) is not { } status || !Lives(status.ProcessId))
        {
            Console.Error.WriteLine("meridian-agent: no agent runs with this folder");
            return ExitCode.Failed;
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(status, AgentJson.Default.AgentStatus));
            return ExitCode.Done;
        }

        Console.WriteLine($"process {status.ProcessId}, {status.InFlight} connections to services, certificate {status.Fingerprint[..16].ToLowerInvariant()} until {status.CertificateUntil.UtcDateTime:u}");
        Console.WriteLine("\nTUNNEL  GATEWAY                        NODE              FORM       STATE");
        foreach (var (link, i) in status.Links.Select((l, i) => (l, i)))
            Console.WriteLine($"{i,-7} {link.Gateway,-30} {link.Node ?? "-",-17} {link.Form,-10} {link.Fault ?? "up"} since {link.Since.UtcDateTime:u}");
        Console.WriteLine("\nSERVICE                 HEALTH    WHY");
        foreach (var service in status.Services)
            Console.WriteLine($"{service.Name,-23} {service.Health,-9} {service.Reason}");
        return status.Links.Any(l => l.Fault is null) ? ExitCode.Done : ExitCode.Failed;
    }

    private static bool Lives(int process)
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
