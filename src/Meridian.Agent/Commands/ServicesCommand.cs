using System.CommandLine;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;

namespace Meridian.Agent.Commands;

/// <summary>
/// <c>meridian-agent services</c>: what the agent leads to. A running agent takes the change by itself.
/// </summary>
internal static class ServicesCommand
{
    public static Command Create() =>
        new("services", "Change what the agent leads to; a running one takes it at once.") { Add(), Remove(), List() };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "The name that pools use" };
        var address = new Argument<string>(
            "ADDRESS") { Description = "HOST:PORT or unix:/PATH, as this host reaches it" };
        var http = new Option<string?>(
            "--health") { Description = "Path that is asked for by GET to see whether it is well; a connection is enough by default" };
        var folder = RootCommandFactory.Folder();
        var command = new Command("add", "Lead to one service more.") { name, address, http, folder };
        command.SetAction(result =>
            Edit(result.GetRequiredValue(folder),
                (text, path) => AgentFile.WithService(text, path, new ServiceEntry(result.GetRequiredValue(name),
            ServiceAddress.Parse(result.GetRequiredValue(address))
            ?? throw new AgentFileException("ADDRESS is HOST:PORT or unix:/PATH"), result.GetValue(http),
            ServiceEntry.DefaultInterval))));
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("NAME");
        var folder = RootCommandFactory.Folder();
        var command = new Command("remove", "Lead to one service less.") { name, folder };
        command.SetAction(result =>
            Edit(result.GetRequiredValue(folder),
                (text, path) => AgentFile.WithoutService(text, path, result.GetRequiredValue(name))));
        return command;
    }

    private static Command List()
    {
        var folder = RootCommandFactory.Folder();
        var command = new Command("list", "Show what the agent leads to.") { folder };
        command.SetAction(result =>
        {
            try
            {
                foreach (var service in AgentFile.Read(new AgentFolder(result.GetRequiredValue(folder)).File).Services)
                    Console.WriteLine($"{service.Name,-23} {service.Address}{(service.HealthPath is { } path ? $"  GET {path}" : "")}");
                return ExitCode.Done;
            }
            catch (AgentFileException e)
            {
                Console.Error.WriteLine($"meridian-agent: {e.Message}");
                return ExitCode.Faulty;
            }
        });
        return command;
    }

    private static int Edit(string folder, Func<string, string, string> change)
    {
        var path = new AgentFolder(folder).File;
        try
        {
            var next = change(File.ReadAllText(path), path);
            File.WriteAllText($"{path}.new", next);
            File.Move($"{path}.new", path, overwrite: true);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is AgentFileException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"meridian-agent: {e.Message}");
            return ExitCode.Failed;
        }
    }
}
