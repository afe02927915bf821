using System.CommandLine;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;

namespace Meridian.CommandLine;

/// <summary><c>meridian override</c>: overrides, which stand above the verdicts.</summary>
internal static class OverrideCommand
{
    public static Command Create() =>
        new("override", "Say that addresses are up, down or drained, whatever their probes say; "
            + "all nodes that share a store go by it, and without one the node that is asked.")
    {
        Set(), List(), Clear(),
    };

    private static ExampleCommand Set()
    {
        var target = Target();
        var state = new Argument<string>("STATE") { Description = "up, down or drain" }.AcceptOnlyFromAmong("up",
            "down", "drain");
        var reason = DecisionArguments.Reason();
        var author = DecisionArguments.Author();
        var length = Arguments.OptionalDuration("--for", "For how long; until it is cleared by default");
        var force = Force();
        var local = new Option<bool>("--local")
        {
            Description = "While the shared store is away: set it at this node alone, for an hour at most",
        };
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("set",
            "Set an override, at the node of --server and all that share a store with it.",
            "meridian override set site/hanoi drain --reason maintenance --for 1h")
        {
            target, state, reason, author, length, force, local, server, token, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var done = await api.SetOverrideAsync(new OverrideRequest(result.GetRequiredValue(target),
                EnumText.Parse<OverrideState>(result.GetRequiredValue(state)),
                result.GetRequiredValue(reason), result.GetRequiredValue(author),
                result.GetValue(length)?.TotalSeconds, result.GetValue(force), result.GetValue(local)),
                cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(done, ApiJson.Options));
            else
            {
                Console.WriteLine($"{TextOf(done.Override)}: {done.Matched} address{(done.Matched == 1 ? "" : "es")}, "
                    + (done.Shared ? "at all nodes" : "at this node alone"));
            }

            if (done.Matched == 0)
                await Console.Error.WriteLineAsync(
                    $"meridian: {done.Override.Target} has no address now; the override waits for one");
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand List()
    {
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("list", "Show the overrides that stand.", "meridian override list")
        {
            server,
            token,
            output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var overrides = await api.OverridesAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(overrides, ApiJson.Options));
            else if (overrides.Length == 0)
                Console.WriteLine("no overrides");
            foreach (var document in result.GetRequiredValue(output) == "json" ? [] : overrides)
                Console.WriteLine(TextOf(document));
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Clear()
    {
        var target = Target();
        var author = DecisionArguments.Author();
        var force = Force();
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("clear", "Clear an override; the verdict counts again.",
            "meridian override clear site/hanoi") { target, author, force, server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            await api.ClearOverrideAsync(result.GetRequiredValue(target), result.GetRequiredValue(author),
                result.GetValue(force), cancellationToken);
            var cleared = result.GetRequiredValue(target);
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(new { cleared }, ApiJson.Options)
                : $"{DisplayText.Escape(cleared)} follows its verdict again");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Target() =>
        new("TARGET") { Description = "address/POOL/VALUE, pool/NAME or site/NAME; * stands for any characters" };

    private static Option<bool> Force() => new("--force")
    {
        Description = "Do it even if it leaves an endpoint without anything that is up",
    };

    private static string TextOf(OverrideDocument document) =>
        $"{document.Target} {document.State.ToString().ToLowerInvariant()} by {document.Author}: {document.Reason}" +
        (document.Expires is { } end ? $" (until {Screen.Time(end)})" : "")
        + (document.Local == true ? ", at this node alone" : "");
}
