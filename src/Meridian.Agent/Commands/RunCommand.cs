using System.CommandLine;
using System.Runtime.InteropServices;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Agent.Services;
using Meridian.Tunnel.Sites;
using Microsoft.Extensions.Hosting.Systemd;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent run</c>: keeps the tunnels until it is told to stop.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var folder = RootCommandFactory.Folder();
        var config = RootCommandFactory.Config();
        var token = new Option<string?>(
            "--token-file") { Description = "File with a Kubernetes service-account token, in place of `enroll`; read again whenever it is used" };
        var authority = new Option<string?>(
            "--authority") { Description = "File of `meridian tunnel authority`, by which the gateways are known; for --token-file" };
        var drain = new Option<int>("--drain") { Description = "Seconds that what is under way may take to end at shutdown", DefaultValueFactory = _ => 30 };
        var forms = new Option<TunnelForm[]>("--form")
        {
            Description = "Ways to turn a connection around, in the order they are tried; all by default",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [TunnelForm.Tls, TunnelForm.Upgrade, TunnelForm.WebSocket],
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
            new AgentFolder(result.GetRequiredValue(folder), result.GetValue(config)), result.GetValue(token),
            result.GetValue(authority), TimeSpan.FromSeconds(result.GetRequiredValue(drain)),
            result.GetRequiredValue(forms), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AgentFolder folder, string? token, string? authority, TimeSpan drain,
        TunnelForm[] forms, CancellationToken cancellationToken)
    {
        AgentFile file;
        Renewer renewer;
        var read = File.GetLastWriteTimeUtc(folder.File); // before it is read: a change meanwhile is one
        try
        {
            file = AgentFile.Read(folder.File);
            if (authority is not null)
                folder.Trust(authority);
            if (token is null && !folder.IsEnrolled)
                throw new AgentFileException("this agent is not enrolled; `meridian-agent enroll` does it, or --token-file in Kubernetes");
            if (token is not null && !folder.HasAuthority)
                throw new AgentFileException("--token-file needs --authority, the output of `meridian tunnel authority`: the token is shown to no other gateway");
            renewer = new Renewer(folder, token, () => file.Gateways, RootCommandFactory.Proxy, Log,
                TimeProvider.System);
        }
        catch (Exception e) when (e is AgentFileException or UnauthorizedAccessException or IOException
            or System.Security.Cryptography.CryptographicException)
        {
            await Console.Error.WriteLineAsync($"meridian-agent: {e.Message}");
            return ExitCode.Faulty;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (await Task.WhenAny(QuietAsync(renewer.BeginAsync(stop.Token)), asked.Task) == asked.Task)
        {
            await stop.CancelAsync();
            return ExitCode.Done;
        }

        var instance = Environment.GetEnvironmentVariable(Successor.Variable) is { Length: > 0 } before
            ? before : Guid.NewGuid().ToString("n");
        var successor = new Successor(folder, instance, Log, TimeProvider.System);
        using var upgrade = PosixSignalRegistration.Create(Successor.Signal, context =>
        {
            context.Cancel = true;
            _ = HandOverAsync();
        });
        AgentServer? server = null;
        await using var services = new ServiceTable(() => _ = server?.ReportAsync(), TimeProvider.System);
        await services.TakeAsync(file.Services);
        var dialer = new Dialer(new DialOptions
        {
            Authority = folder.Authority,
            Certificate = () => renewer.Current,
            Proxy = RootCommandFactory.Proxy,
            Forms = [.. forms],
        });
        await using var agent = server = new AgentServer(new AgentOptions
        {
            Gateways = file.Gateways,
            Connections = file.Connections,
            Version = typeof(RunCommand).Assembly.GetName().Version!.ToString(3),
            Drain = drain,
            Instance = instance,
            Labels = file.Labels,
        }, services, dialer, Log, TimeProvider.System);
        var running = agent.RunAsync(stop.Token);
        var beside = Task.WhenAll(QuietAsync(renewer.RunAsync(stop.Token)), QuietAsync(FollowAsync()));
        await Task.WhenAny(running, asked.Task);
        if (!running.IsCompleted)
        {
            Log("stopping: nothing new is taken, and what is under way may end");
            await agent.DrainAsync();
        }

        await stop.CancelAsync();
        await beside;
        if (!successor.HasTakenOver)
            File.Delete(folder.Status);
        if (await running is not { } refusal)
            return ExitCode.Done;
        await Console.Error.WriteLineAsync($"meridian-agent: the gateway does not want this agent: {refusal.Reason}");
        return ExitCode.Refused;

        async Task HandOverAsync()
        {
            if (await successor.StartAsync(stop.Token))
                asked.TrySetResult();
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            asked.TrySetResult();
        }

        // Takes changes of the file, and says how things are: to systemd once a tunnel stands, and to `status`.
        async Task FollowAsync()
        {
            var (said, ready) = ("", false);
            while (true)
            {
                if (File.GetLastWriteTimeUtc(folder.File) is var written && written != read)
                {
                    read = written;
                    try
                    {
                        var next = AgentFile.Read(folder.File);
                        await services.TakeAsync(next.Services);
                        Log(next.Gateways.SequenceEqual(file.Gateways) && next.Connections == file.Connections
                            ? $"{AgentFile.Name} is taken: {next.Services.Length} services"
                            : $"{AgentFile.Name} is taken; `gateways` and `connections` count from the next start");
                    }
                    catch (AgentFileException e)
                    {
                        Log($"{e.Message}; the services stay as they were");
                    }
                }

                var links = agent.Links.ToArray();
                if (!ready && links.Any(l => l.Fault is null))
                {
                    ready = true;
                    new SystemdNotifier().Notify(ServiceState.Ready);
                }

                var status = new AgentStatus(Environment.ProcessId, renewer.Current.NotAfter,
                    renewer.Current.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256),
                    agent.InFlight, [.. links], services.Reports);
                if (!successor.IsStarting
                    && status.ToString() + string.Join(' ', links.AsEnumerable())
                    + string.Join(' ', status.Services) is var text && text != said)
                {
                    said = text;
                    status.Write(folder.Status);
                }

                await Task.Delay(Look, stop.Token);
            }
        }
    }

    private static async Task QuietAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private static void Log(string line) =>
        Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {line}");
}
