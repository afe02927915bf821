using System.CommandLine;
using System.Runtime.InteropServices;
using Meridian.CommandLine.Options;
using Meridian.Management;
using Meridian.Running;
using Meridian.Running.Features;
using Microsoft.Extensions.Logging;

namespace Meridian.CommandLine;

/// <summary><c>meridian serve</c>: runs a node.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public static Command Create()
    {
        var node = new NodeOptionSet();
        IOptionSet[] sets =
        [
            new SourceOptionSet(), new DnsOptionSet(), new GatewayOptionSet(), new TunnelOptionSet(node),
            new ManagementOptionSet(), new StoreOptionSet(), node,
        ];
        var log = Arguments.Log();
        var command = new ExampleCommand(Name, "Run a node.",
            "meridian serve --config ./config --dns 0.0.0.0:53 --geo /usr/share/tor/geoip");
        foreach (var option in sets.SelectMany(s => s.Options).Append(log))
            command.Options.Add(option);
        command.SetAction(async (result, cancellationToken) =>
        {
            DescriptorLimit.Check();
            var defaults = new NodeOptions { Configuration = [], StateFolder = StateFolder.Default };
            var options = sets.Aggregate(defaults, (before, set) => set.Apply(before, result)) with
            {
                SecretFiles = [.. sets.SelectMany(s => s.Secrets).Select(o => result.GetValue(o)).OfType<string>()],
            };
            using var logs = Logging.Create(Arguments.LogFormatOf(result, log));
            return await RunAsync(options, logs, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(NodeOptions options, ILoggerFactory logs,
        CancellationToken cancellationToken)
    {
        NodeGateway.Prepare(options);
        if (options.Configuration.IsEmpty && options.Kubernetes is null)
        {
            await Console.Error.WriteLineAsync("meridian: there is nothing to serve: give --config PATH, or "
                + $"--kubernetes; `{ProgramName.Current} serve --help` shows how");
            return ExitCode.WrongUsage;
        }

        NodeKubernetes? kubernetes = null;
        LoadedConfiguration configuration;
        try
        {
            kubernetes = await NodeKubernetes.StartAsync(options.Kubernetes, options.StateFolder, TimeProvider.System,
                NodeLog.Of(logs), cancellationToken);
            configuration = await LoadAsync(options, kubernetes, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (kubernetes is not null)
                await kubernetes.DisposeAsync();
            return ExitCode.Done;
        }

        if (configuration.Faults.IsEmpty)
            return await ServeAsync(options, configuration, kubernetes, logs, cancellationToken);
        await kubernetes.DisposeAsync();
        foreach (var fault in configuration.Faults)
            await Console.Error.WriteLineAsync(fault.ToString());
        await Console.Error.WriteLineAsync("meridian: the configuration has faults; nothing was started");
        return ExitCode.CannotStart;
    }

    // A million names take seconds to read; a signal to stop ends the wait for them.
    private static Task<LoadedConfiguration> LoadAsync(NodeOptions options, NodeKubernetes kubernetes,
        CancellationToken cancellationToken) =>
        Task.Run(() => options.Kubernetes is null
            ? LoadedConfiguration.Load(options.Configuration, options.AllowEmpty)
            : LoadedConfiguration.Load(options.Configuration, kubernetes.Objects, kubernetes.Saved,
                options.AllowEmpty),
            CancellationToken.None).WaitAsync(cancellationToken);

    private static async Task<int> ServeAsync(NodeOptions options, LoadedConfiguration configuration,
        NodeKubernetes kubernetes, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        options.Management.Check(configuration.Resources.AccessPolicies.Count > 0);
        var ending = new Ending(time, NodeLog.Of(logs));
        var drain = options.Gateway?.Drain ?? TimeSpan.Zero;
        await using var node = await Node.StartAsync(options, configuration, kubernetes, time, logs);
        await using var management = ending.Of("the management API", await ManagementServer.StartAsync(
            NodeManagement.Of(node, time), options.Management, time, logs));
        await using var https = ending.Of("DNS over HTTPS",
            await HttpsDnsServer.StartAsync(node, options, time, logs));
        using var traces = NodeTraces.Start(options);
        await using var tunnels = ending.Of("tunnels", await node.StartTunnelsAsync(), TunnelFeature.Drain);
        await using var gateway = ending.Of("the gateway",
            await NodeGateway.StartAsync(node, options, time, logs), drain);
        await using var ports = ending.Of("the gateway's ports", NodeGateway.OpenPorts(node, options, logs), drain);
        node.Announce();
        using var reload = OnHangup(node.Reload);
        await StopSignal.WaitAsync(cancellationToken);

        // A second SIGINT ends the program at once.
        using var hurry = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Environment.Exit(ExitCode.Done));
        await node.LeaveAsync();
        return ExitCode.Done;
    }

    private static PosixSignalRegistration? OnHangup(Action action) => OperatingSystem.IsWindows() ? null
        : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            action();
        });
}
