using System.CommandLine;
using Meridian.Agent.Identity;

namespace Meridian.Agent.Commands;

/// <summary>The command line.</summary>
internal static class RootCommandFactory
{
    public static RootCommand Create() =>
        new("Makes services of a private site addresses of Meridian: dials out, and needs no port that is open to anybody.")
    {
        EnrollCommand.Create(), RunCommand.Create(), CheckCommand.Create(), StatusCommand.Create(),
            ServicesCommand.Create(), UpgradeCommand.Create(),
    };

    /// <summary>The folder of all that an agent keeps.</summary>
    public static Option<string> Folder() =>
        new("--state")
        {
            Description = "Folder with agent.yaml, the key and the certificate",
            DefaultValueFactory = _ => AgentFolder.Default,
        };

    /// <summary>The agent's file.</summary>
    public static Option<string?> Config() =>
        new("--config") { Description = "The agent's file; agent.yaml in the --state folder by default" };

    /// <summary>The proxy that the environment names, if any.</summary>
    public static Uri? Proxy =>
        (Environment.GetEnvironmentVariable("HTTPS_PROXY")
            ?? Environment.GetEnvironmentVariable("https_proxy")) is { Length: > 0 } text
        && Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute,
            out var proxy) ? proxy : null;
}
