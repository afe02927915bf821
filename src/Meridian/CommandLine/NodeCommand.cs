using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Api.Contracts;

namespace Meridian.CommandLine;

/// <summary><c>meridian node</c>: the nodes that judge together.</summary>
internal static class NodeCommand
{
    public static Command Create() => new("node", "See the nodes of a cluster.") { List() };

    private static ExampleCommand List()
    {
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("list",
            "Show the nodes that share a store, as the node that is asked sees them. Exit status 1 when it does not "
            + "follow the store.", "meridian node list") { server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var fleet = await api.FleetAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(fleet, ApiJson.Options));
            else
                Show(fleet);
            return fleet is { Attached: true, Fault: null } ? ExitCode.Done : ExitCode.NotSo;
        });
        return command;
    }

    private static void Show(FleetStatus fleet)
    {
        var table = new FittedTable([new("node", 0), new("region", 1), new("sees down", 3),
            new("opinion", 2, Least: 20), new("version", 5), new("started", 4)]);
        foreach (var node in fleet.Nodes)
        {
            table.Add(node.Name + (node.Asked ? " ←" : ""), node.Region, $"{node.Down}",
                node.Illness is null ? "yes" : $"none: it {node.Illness}", node.Version, Screen.Time(node.StartedAt));
        }

        var console = Screen.Create();
        console.Write(table.Render(console.Profile.Width));
        Console.WriteLine(fleet.Attached ? $"the shared store is followed, at revision {fleet.Revision}"
            : $"the shared store is away: {fleet.Trouble}; the node goes on by itself");
        if (fleet.Fault is not null)
            Console.WriteLine(fleet.Fault);
    }
}
