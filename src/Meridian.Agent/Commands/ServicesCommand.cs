using System.CommandLine;
using System.Text.Json;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Files;

namespace Meridian.Agent.Commands;

/// <summary>
/// <c>meridian-agent services</c>: what the agent leads to. A running agent takes the change by itself.
/// </summary>
internal static class ServicesCommand
{
    public static Command Create() => new("services", "Change what the agent leads to; a running one takes it at once.")
    {
        Add(),
        Remove(),
        List(),
    };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "The name that pools use" };
        var address = new Argument<string>("ADDRESS")
        {
            Description = "HOST:PORT or unix:/PATH, as this host reaches it",
        };
        var path = new Option<string?>("--health")
        {
            Description = "Path that is asked for by GET to see whether it is well; a connection is enough by default",
        };
        var folder = RootCommandFactory.Folder();
        var command = new Command("add", "Lead to one service more.") { name, address, path, folder };
        command.SetAction(result => Edit(result.GetRequiredValue(folder), result.InvocationConfiguration.Error,
            file => AgentFileEditor.Add(file, new ServiceEntry(result.GetRequiredValue(name),
                AddressOf(result.GetRequiredValue(address)), RequestOf(result.GetValue(path)),
                ServiceEntry.DefaultInterval))));
        return command;
    }

    private static HealthRequest? RequestOf(string? path) =>
        path is null ? null : new HealthRequest(HealthProtocol.Http, path);

    private static Command Remove()
    {
        var name = new Argument<string>("NAME");
        var folder = RootCommandFactory.Folder();
        var command = new Command("remove", "Lead to one service less.") { name, folder };
        command.SetAction(result => Edit(result.GetRequiredValue(folder), result.InvocationConfiguration.Error,
            file => AgentFileEditor.Remove(file, result.GetRequiredValue(name))));
        return command;
    }

    private static Command List()
    {
        var folder = RootCommandFactory.Folder();
        var output = RootCommandFactory.Output();
        var command = new Command("list", "Show what the agent leads to.") { folder, output };
        command.SetAction(result => Show(result.GetRequiredValue(folder), result.GetRequiredValue(output) == "json",
            result.InvocationConfiguration));
        return command;
    }

    private static int Show(string folder, bool json, InvocationConfiguration console)
    {
        try
        {
            List<ServiceDocument> services =
            [
                .. AgentFile.Read(new AgentFolder(folder)).Services
                    .Select(s => new ServiceDocument(s.Name, $"{s.Address}", s.Health?.ToString())),
            ];
            if (json)
                console.Output.WriteLine(JsonSerializer.Serialize(services, AgentJson.Default.ListServiceDocument));
            foreach (var service in json ? [] : services)
                console.Output.WriteLine($"{service.Name,-23} {service.Address}  {service.Health}".TrimEnd());

            return ExitCode.Done;
        }
        catch (AgentFileException e)
        {
            console.Error.WriteLine(ErrorLine.Of(e.Message));
            return ExitCode.Faulty;
        }
    }

    private static ServiceAddress AddressOf(string text) =>
        ServiceAddress.Parse(text) ?? throw new AgentFileException("ADDRESS is HOST:PORT or unix:/PATH");

    private static int Edit(string folder, TextWriter error, Func<AgentFileText, string> edit)
    {
        var path = new AgentFolder(folder).File;
        try
        {
            var text = edit(new AgentFileText(path, RegularFile.ReadText(path, AgentFile.MaxBytes)));
            NewFile.Replace(path, text, OperatingSystem.IsWindows() ? NewFile.ForAll : File.GetUnixFileMode(path));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is AgentFileException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(ErrorLine.Of(e.Message));
            return ExitCode.Failed;
        }
    }
}
