using System.CommandLine;
using Meridian.Addresses;
using Meridian.Agent.Identity;
using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Commands;

/// <summary>The command line.</summary>
internal static class RootCommandFactory
{
    private const string Summary =
        "Makes services of a private site addresses of Meridian: dials out, and needs no port that is open to anybody.";

    /// <summary>The proxy that the environment names, if any.</summary>
    /// <exception cref="FormatException">It is none that can be used.</exception>
    public static ProxySettings? Proxy =>
        ProxySettings.Of(Variable("HTTPS_PROXY") ?? Variable("ALL_PROXY"), Variable("NO_PROXY"));

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit status: one of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, InvocationConfiguration configuration)
    {
        var result = Create().Parse(arguments);
        if (result.Errors.Count == 0)
            return await result.InvokeAsync(configuration);
        foreach (var error in result.Errors)
            await configuration.Error.WriteLineAsync(ErrorLine.Of(error.Message + Meant(result)));
        await configuration.Error.WriteLineAsync(
            "meridian-agent: `meridian-agent --help` and `meridian-agent COMMAND --help` show how it is used");
        return ExitCode.WrongUsage;
    }

    // What a mistyped command or option was meant to be.
    private static string Meant(ParseResult result) => string.Concat(result.UnmatchedTokens.Take(1).Select(token =>
        Suggestion.For(token, result.CommandResult.Command.Subcommands.Select(c => c.Name)
            .Concat(result.CommandResult.Command.Options.SelectMany(o => o.Aliases.Prepend(o.Name))))));

    public static RootCommand Create() => new(Summary)
    {
        EnrollCommand.Create(),
        RunCommand.Create(),
        CheckCommand.Create(),
        StatusCommand.Create(),
        ServicesCommand.Create(),
        UpgradeCommand.Create(),
    };

    /// <summary>The folder of all that an agent keeps.</summary>
    public static Option<string> Folder() => new("--state")
    {
        Description = "Folder with agent.yaml, the key and the certificate",
        DefaultValueFactory = _ => AgentFolder.Default,
    };

    /// <summary>How to print.</summary>
    public static Option<string> Output() => new Option<string>("--output", "-o")
    {
        Description = "How to print: text or json",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong("text", "json");

    /// <summary>The agent's file.</summary>
    public static Option<string?> Config() => new("--config")
    {
        Description = "The agent's file; agent.yaml in the --state folder by default",
    };

    // In capital letters or small ones, as other programs read it too.
    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) ?? Environment.GetEnvironmentVariable(name.ToLowerInvariant());
}
