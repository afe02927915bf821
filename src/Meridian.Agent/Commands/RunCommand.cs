using System.CommandLine;
using System.Security.Cryptography;
using Meridian.Addresses;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent run</c>: keeps the tunnels until it is asked to stop.</summary>
internal static class RunCommand
{
    private const string DefaultDrain = "30s";

    public static Command Create()
    {
        var folder = RootCommandFactory.Folder();
        var config = RootCommandFactory.Config();
        var token = new Option<string?>("--token-file")
        {
            Description = "File with a Kubernetes service-account token, in place of `enroll`; "
                + "read again whenever it is used",
        };
        var authority = new Option<string?>("--authority")
        {
            Description = "File of `meridian tunnel authority`, by which the gateways are known; for --token-file",
        };
        var drain = new Option<TimeSpan>("--drain")
        {
            Description = $"How long what is under way may take to end at shutdown, such as {DefaultDrain} or 2m",
            DefaultValueFactory = _ => DurationText.Read(DefaultDrain)!.Value,
            CustomParser = result =>
            {
                if (DurationText.Read(result.Tokens[0].Value) is { } duration)
                    return duration;
                result.AddError($"`{result.Tokens[0].Value}` is not a duration such as {DefaultDrain} or 2m");
                return default;
            },
        };
        var forms = new Option<TunnelForm[]>("--form")
        {
            Description = "Ways to turn a connection around, in the order they are tried; all by default",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [TunnelForm.Tls, TunnelForm.Upgrade, TunnelForm.WebSocket],
            CustomParser = result =>
            {
                var wanted = new List<TunnelForm>();
                foreach (var token in result.Tokens)
                {
                    if (EnumText.TryParse<TunnelForm>(token.Value, out var form))
                        wanted.Add(form);
                    else
                        result.AddError($"`{token.Value}` is not a form; write "
                            + string.Join(", ", Enum.GetNames<TunnelForm>()));
                }

                return [.. wanted];
            },
        };
        var command = new Command("run",
            "Dial the gateways and lead to the services of agent.yaml, which is read again when it changes.")
        {
            folder,
            config,
            token,
            authority,
            drain,
            forms,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new AgentFolder(result.GetRequiredValue(folder), result.GetValue(config)),
            new RunSettings
            {
                TokenFile = result.GetValue(token),
                AuthorityFile = result.GetValue(authority),
                Drain = result.GetRequiredValue(drain),
                Forms = [.. result.GetRequiredValue(forms)],
            },
            result.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AgentFolder folder, RunSettings settings, TextWriter error,
        CancellationToken cancellationToken)
    {
        RunningAgent agent;
        try
        {
            agent = RunningAgent.Prepare(folder, settings, error, TimeProvider.System);
        }
        catch (Exception e) when (e is AgentFileException or UnauthorizedAccessException or IOException
            or CryptographicException or FormatException)
        {
            await error.WriteLineAsync(ErrorLine.Of(e.Message));
            return ExitCode.Faulty;
        }

        if (await agent.RunAsync(cancellationToken) is not { } refusal)
            return ExitCode.Done;
        await error.WriteLineAsync(ErrorLine.Of($"the gateway refuses this agent: {refusal.Reason}"));
        return ExitCode.Refused;
    }
}
