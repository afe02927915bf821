using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Agent.Services;
using Meridian.Files;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Commands;

/// <summary>The agent from its start to its end: signals, the file's changes, the status, and the take-over.</summary>
internal sealed class RunningAgent
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromSeconds(1);

    private readonly AgentFolder _folder;
    private readonly RunSettings _settings;
    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly AgentFile _file;
    private readonly Renewer _renewer;
    private readonly Successor _successor;
    private readonly string _instance;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _written;
    private AgentStatus? _status;
    private bool _isReady;

    private RunningAgent(AgentFolder folder, RunSettings settings, TextWriter error, TimeProvider time)
    {
        (_folder, _settings, _error, _time) = (folder, settings, error, time);
        _written = FileVersion.Of(folder.File); // before it is read, so that a change meanwhile is seen
        _file = AgentFile.Read(folder);
        if (settings.AuthorityFile is not null)
            folder.Trust(settings.AuthorityFile);
        if (settings.TokenFile is null && !folder.IsEnrolled)
            throw new AgentFileException("this agent is not enrolled; "
                + $"`{folder.CommandText($"enroll --gateway {_file.Gateways[0]}")}` does it, "
                + "or --token-file in Kubernetes");
        if (settings.TokenFile is not null && !folder.HasAuthority)
            throw new AgentFileException("--token-file needs --authority, the output of `meridian tunnel authority`: "
                + "the token is shown to no other gateway");
        _renewer = new Renewer(folder, settings.TokenFile, () => _file.Gateways, RootCommandFactory.Proxy, Log, time);
        _instance = Environment.GetEnvironmentVariable(Successor.Variable) is { Length: > 0 } before
            ? before : Guid.NewGuid().ToString("n");
        _successor = new Successor(folder, _instance, Log, time);
    }

    /// <summary>Reads what it needs; nothing is dialled yet.</summary>
    /// <exception cref="AgentFileException">The file has a fault, or the agent has no way to a certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Others may read the key, or this user may not read a
    /// file.</exception>
    /// <exception cref="CryptographicException">A certificate or key cannot be read.</exception>
    public static RunningAgent Prepare(AgentFolder folder, RunSettings settings, TextWriter error, TimeProvider time) =>
        new(folder, settings, error, time);

    /// <summary>
    /// Runs until a signal asks it to stop, another process takes over, or gateways refuse it for good.
    /// </summary>
    /// <returns>The refusal; null where it was asked to stop.</returns>
    public async Task<Refusal?> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (await Task.WhenAny(UntilStoppedAsync(_renewer.BeginAsync(stop.Token)), _asked.Task) == _asked.Task)
        {
            await stop.CancelAsync();
            return null;
        }

        using var takeOver = PosixSignalRegistration.Create(Successor.Signal, context =>
        {
            context.Cancel = true;
            _ = HandOverAsync(stop.Token);
        });
        AgentServer? server = null;
        await using var services = new ServiceTable(() => _ = server?.ReportAsync(), _time);
        await services.ApplyAsync(_file.Services);
        await using var agent = server = new AgentServer(Options(), services, Dialer(), Log, _time);
        var running = agent.RunAsync(stop.Token);
        var beside = Task.WhenAll(UntilStoppedAsync(_renewer.RunAsync(stop.Token)),
            UntilStoppedAsync(FollowAsync(agent, services, stop.Token)));
        await Task.WhenAny(running, _asked.Task);
        if (!running.IsCompleted)
        {
            Log(LogLevel.Information, "stopping: no new connection is accepted, and those that are open may end");
            await agent.DrainAsync();
        }

        await stop.CancelAsync();
        await beside;
        if (!_successor.HasTakenOver)
            DeleteStatus();
        return await running;
    }

    private void DeleteStatus()
    {
        try
        {
            File.Delete(_folder.Status);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log(LogLevel.Warning, e.Message);
        }
    }

    private AgentOptions Options() => new()
    {
        Gateways = _file.Gateways,
        Connections = _file.Connections,
        Version = typeof(RunningAgent).Assembly.GetName().Version!.ToString(3),
        Drain = _settings.Drain,
        Instance = _instance,
        Labels = _file.Labels,
    };

    private Dialer Dialer() => new(new DialOptions
    {
        Authority = _folder.Authority,
        Certificate = () => _renewer.Current,
        Proxy = RootCommandFactory.Proxy,
        Forms = _settings.Forms,
    });

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _asked.TrySetResult();
    }

    private async Task HandOverAsync(CancellationToken stop)
    {
        if (await _successor.StartAsync(stop))
            _asked.TrySetResult();
    }

    // Applies changes of the file, tells systemd once a tunnel stands, and writes the status when it changes. Whatever
    // goes wrong is logged once and tried again: the tunnels do not depend on it.
    private async Task FollowAsync(AgentServer agent, ServiceTable services, CancellationToken stop)
    {
        var fault = "";
        while (true)
        {
            try
            {
                await FollowOnceAsync(agent, services);
                fault = "";
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (e.Message != fault)
                    Log(LogLevel.Error, $"{e.Message}; this is tried again every second");
                fault = e.Message;
            }

            await Task.Delay(FollowInterval, _time, stop);
        }
    }

    private async Task FollowOnceAsync(AgentServer agent, ServiceTable services)
    {
        await ApplyChangesAsync(services);
        var status = new AgentStatus(Environment.ProcessId, _renewer.Current.NotAfter,
            _renewer.Current.GetCertHashString(HashAlgorithmName.SHA256), agent.InFlight, [.. agent.Links],
            services.Reports);
        if (!_isReady && status.Links.Any(l => l.Fault is null))
        {
            _isReady = true;
            new SystemdNotifier().Notify(ServiceState.Ready);
        }

        if (_successor.IsStarting || status.IsSameAs(_status))
            return;
        status.Write(_folder.Status);
        _status = status;
    }

    private async Task ApplyChangesAsync(ServiceTable services)
    {
        var written = FileVersion.Of(_folder.File);
        if (written == _written)
            return;
        try
        {
            var next = AgentFile.Read(_folder);
            await services.ApplyAsync(next.Services);
            _written = written;
            var isWhole = next.Gateways.SequenceEqual(_file.Gateways) && next.Connections == _file.Connections;
            Log(LogLevel.Information, isWhole
                ? $"{AgentFile.Name} is applied: {next.Services.Length} services"
                : $"{AgentFile.Name} is applied; `gateways` and `connections` count from the next start");
        }
        catch (AgentFileException e)
        {
            _written = written;
            Log(LogLevel.Error, $"{e.Message}; the services stay as they were");
        }
    }

    private static async Task UntilStoppedAsync(Task task)
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

    private void Log(LogLevel level, string line) => _error.WriteLine(LogLine.Of(_time.GetUtcNow(), level, line));
}
