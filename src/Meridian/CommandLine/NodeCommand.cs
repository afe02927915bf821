using System.CommandLine;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Api.Contracts;

namespace Meridian.CommandLine;

/// <summary><c>meridian node</c>: the nodes that judge together.</summary>
internal static class NodeCommand
{
    public static Command Create() => new("node", "See the nodes of a cluster, and take one out for a while.")
    {
        List(), Drain(), Restore(), Forget(),
    };

    private static ExampleCommand List()
    {
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("list",
            "Show the nodes that share a store, as the node that is asked sees them. Exit status 1 when it does not "
            + "follow the store, or one of them is gone.", "meridian node list") { server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = Connect(result, server, token);
            var fleet = await api.FleetAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(fleet, ApiJson.Options));
            else
                Show(fleet);
            return fleet is { Attached: true, Fault: null } && fleet.Nodes.All(n => n.Here)
                ? ExitCode.Done : ExitCode.NotSo;
        });
        return command;
    }

    private static ExampleCommand Drain()
    {
        var node = Node();
        var reason = DecisionArguments.Reason();
        var (author, length) = (DecisionArguments.Author(),
            Arguments.OptionalDuration("--for", "For how long; until it is let back by default"));
        var force = new Option<bool>("--force") { Description = "Do it even if no other node has an opinion then" };
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("drain",
            "Drain a node, before it is worked on: it has no part in verdicts, and DNS sends no clients to its "
            + "gateway. It goes on answering whoever asks it.",
            "meridian node drain fra-1 --reason \"new disk\" --for 1h")
        { node, reason, author, length, force, server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = Connect(result, server, token);
            var name = result.GetRequiredValue(node);
            var drain = await api.DrainAsync(name, new DrainRequest(result.GetRequiredValue(reason),
                result.GetRequiredValue(author), result.GetValue(length)?.TotalSeconds, result.GetValue(force)),
                cancellationToken);
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(drain, ApiJson.Options)
                : $"node {DisplayText.Escape(name)} is drained" + TextOf(drain));
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Restore() => Change("restore", "Let a drained node back.",
        "meridian node restore fra-1", (api, name, stop) => api.RestoreAsync(name, stop), "restored",
        name => $"node {name} has its part in verdicts again, and gets clients");

    private static ExampleCommand Forget() => Change("forget",
        "Forget a node that is gone and will not come back, so that nobody is told of it any more.",
        "meridian node forget fra-1", (api, name, stop) => api.ForgetAsync(name, stop), "forgotten",
        name => $"node {name} is forgotten");

    private static ExampleCommand Change(string verb, string description, string example,
        Func<ManagementClient, string, CancellationToken, Task> change, string done, Func<string, string> text)
    {
        var node = Node();
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand(verb, description, example) { node, server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = Connect(result, server, token);
            var name = result.GetRequiredValue(node);
            await change(api, name, cancellationToken);
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(new Dictionary<string, string> { [done] = name }, ApiJson.Options)
                : text(DisplayText.Escape(name)));
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Node() => new("NODE") { Description = "Its name, as `node list` shows it" };

    private static ManagementClient Connect(ParseResult result, Option<Uri> server, Option<string?> token) =>
        new(result.GetRequiredValue(server), Arguments.ReadToken(result.GetValue(token)));

    private static void Show(FleetStatus fleet)
    {
        var table = new FittedTable([new("node", 0), new("region", 1), new("sees down", 3),
            new("opinion", 2, Least: 20), new("version", 5), new("started", 4)]);
        foreach (var node in fleet.Nodes)
        {
            table.Add(node.Name + (node.Asked ? " ←" : ""), node.Region, node.Here ? $"{node.Down}" : "",
                OpinionOf(node), node.Version, node.StartedAt is { } started ? Screen.Time(started) : "");
        }

        var console = Screen.Create();
        console.Write(table.Render(console.Profile.Width));
        Console.WriteLine(fleet.Attached ? $"the shared store is followed, at revision {fleet.Revision}"
            : $"the shared store is away: {fleet.Trouble}; the node goes on by itself");
        if (fleet.Fault is not null)
            Console.WriteLine(fleet.Fault);
    }

    private static string OpinionOf(MemberStatus node) => !node.Here
        ? "none: it is gone" + (node.Drain is null ? "" : ", and drained")
        : node.Drain is { } drain ? "none: drained" + TextOf(drain)
        : node.Illness is { } illness ? $"none: it {illness}" : "yes";

    private static string TextOf(DrainStatus drain) => $" by {drain.Author}: {drain.Reason}"
        + (drain.Expires is { } end ? $" (until {Screen.Time(end)})" : "");
}
