using System.CommandLine;
using System.CommandLine.Help;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.CommandLine.Options;
using Meridian.Running;

namespace Meridian.CommandLine;

/// <summary>The command line as a whole.</summary>
internal static class RootCommandFactory
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Meridian: one name for a service that runs in several regions, answered with the "
            + "nearest healthy place.")
        {
            ServeCommand.Create(),
            DemoCommand.Create(),
            CheckCommand.Create(),
            ExplainCommand.Create(),
            StatusCommand.Create(),
            HistoryCommand.Create(),
            OverrideCommand.Create(),
            DrillCommand.Create(),
            ZoneCommand.Create(),
            DelegationCommand.Create(),
            ExternalDnsCommand.Create(),
            TunnelCommand.Create(),
            NodeCommand.Create(),
            StoreCommand.Create(),
            SchemaCommand.Create(),
            CompletionCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);
        return root;
    }

    // What a mistyped command or option was meant to be.
    internal static string Meant(ParseResult result) => string.Concat(result.UnmatchedTokens.Take(1).Select(token =>
        Suggestion.For(token, result.CommandResult.Command.Subcommands.Select(c => c.Name)
            .Concat(result.CommandResult.Command.Options.SelectMany(o => o.Aliases.Prepend(o.Name))))));

    // What a signal ends has this long. A node takes longer: it waits for requests that are under way, and for clients
    // and agents that go to other nodes.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    // A node has a dozen parts, of which each ends in seconds.
    private static readonly TimeSpan LongestEndOfNode = TimeSpan.FromMinutes(5);

    internal static TimeSpan EndOf(ParseResult result) => result.CommandResult.Command.Name == ServeCommand.Name
        ? LongestEndOfNode + TimeSpan.FromSeconds(result.GetValue<int>(NodeOptionSet.Handover)) : LongestEnd;

    public static async Task<int> RunAsync(string[] args)
    {
        var result = Create().Parse(args);
        if (result.Errors.Count > 0)
        {
            foreach (var error in result.Errors)
                await Console.Error.WriteLineAsync($"meridian: {DisplayText.Escape(error.Message)}{Meant(result)}");
            await Console.Error.WriteLineAsync($"meridian: `{ProgramName.Current} --help` and "
                + $"`{ProgramName.Current} COMMAND --help` show how it is used");
            return ExitCode.WrongUsage;
        }

        try
        {
            return await result.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = EndOf(result),
            });
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"meridian: {DisplayText.Escape(e.Message)}");
            return ExitCode.CannotStart;
        }
        catch (ManagementException e)
        {
            await Console.Error.WriteLineAsync($"meridian: {DisplayText.Escape(e.Message)}");
            return e.Failure switch
            {
                ManagementFailure.WrongUsage => ExitCode.WrongUsage,
                ManagementFailure.NotSo => ExitCode.NotSo,
                _ => ExitCode.CannotStart,
            };
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done;
        }
    }
}
