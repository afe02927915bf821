using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Agent.Services;
using Meridian.Files;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent check</c>: what a person would look at when it does not work.</summary>
internal static class CheckCommand
{
    /// <summary>How long each direction of a line is measured.</summary>
    private static readonly TimeSpan MeasuringTime = TimeSpan.FromSeconds(2.5);

    public static Command Create()
    {
        var folder = RootCommandFactory.Folder();
        var config = RootCommandFactory.Config();
        var output = RootCommandFactory.Output();
        var command = new Command("check", "See whether gateways and services can be reached, step by step.")
        {
            folder,
            config,
            output,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new AgentFolder(result.GetRequiredValue(folder), result.GetValue(config)),
            result.GetRequiredValue(output) == "json", result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AgentFolder folder, bool json, InvocationConfiguration console,
        CancellationToken cancellationToken)
    {
        AgentFile file;
        ProxySettings? proxy;
        try
        {
            (file, proxy) = (AgentFile.Read(folder), RootCommandFactory.Proxy);
        }
        catch (Exception e) when (e is AgentFileException or FormatException)
        {
            await console.Error.WriteLineAsync(ErrorLine.Of(e.Message));
            return ExitCode.Faulty;
        }

        var report = new CheckReport(console.Output, json, TimeProvider.System);
        report.WriteHead();
        report.Write("proxy", proxy is null ? "-" : $"{proxy}", true, proxy is null
            ? "none: neither HTTPS_PROXY nor ALL_PROXY is set" : $"of the environment, by {proxy.Url.Scheme}");
        using var own = await CertificateAsync(folder, file.Gateways[0], report);
        var dialer = new Dialer(new DialOptions
        {
            Authority = folder.IsEnrolled ? folder.Authority : null,
            Certificate = () => own,
            Proxy = proxy,
        });
        foreach (var gateway in file.Gateways)
            await ReachAsync(gateway, dialer, report, cancellationToken);
        foreach (var gateway in own is null ? [] : file.Gateways)
            await AdmitAsync(gateway, file.Services, dialer, report, cancellationToken);
        foreach (var gateway in own is null ? [] : file.Gateways)
            await MeasureAsync(gateway, dialer, report, cancellationToken);
        foreach (var service in file.Services)
        {
            await report.StepAsync("service", service.Name, async () =>
            {
                using var probe = new ServiceProbe(service);
                return (await probe.RunAsync(cancellationToken)).Fault is { } fault
                    ? throw new IOException($"{service.Address}: {fault}")
                    : $"{service.Address} {(service.Health is { } asked ? $"answers {asked}" : "takes connections")}";
            });
        }

        report.WriteEnd();
        return report.HasFailed ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<X509Certificate2?> CertificateAsync(AgentFolder folder, GatewayAddress gateway,
        CheckReport report)
    {
        X509Certificate2? own = null;
        if (folder.IsEnrolled)
            await report.StepAsync("certificate", "-", () => Task.FromResult(TextOf(own = folder.Certificate())));
        else
            report.Write("certificate", "-", false,
                $"not enrolled; `{folder.CommandText($"enroll --gateway {gateway}")}` does it");
        return own;
    }

    private static string TextOf(X509Certificate2 certificate) =>
        certificate.NotAfter > TimeProvider.System.GetLocalNow().DateTime
        ? $"of {certificate.GetNameInfo(X509NameType.SimpleName, false)}, "
            + $"until {certificate.NotAfter.ToUniversalTime():u}"
        : throw new IOException($"ended {certificate.NotAfter.ToUniversalTime():u}; enrol again");

    private static async Task ReachAsync(GatewayAddress gateway, Dialer dialer, CheckReport report,
        CancellationToken cancellationToken)
    {
        if (dialer.ProxyFor(gateway) is null)
        {
            await report.StepAsync("dns", gateway.Host, async () =>
                string.Join(", ", (await dialer.ResolveAsync(gateway.Host, cancellationToken)).AsEnumerable()));
        }

        await report.StepAsync("tcp", gateway.ToString(), async () =>
        {
            await using var stream = await dialer.ConnectAsync(gateway, 0, cancellationToken);
            return "connected";
        });
        foreach (var (form, name) in ((TunnelForm, string)[])[(TunnelForm.Tls, "tls rh2"),
            (TunnelForm.Upgrade, "upgrade"), (TunnelForm.WebSocket, "websocket")])
        {
            await report.StepAsync(name, gateway.ToString(), async () =>
            {
                await using var stream = await dialer.ReverseAsync(gateway, 0, form, cancellationToken);
                return "a tunnel can stand this way";
            });
        }
    }

    // How the gateway would answer `run`.
    private static Task AdmitAsync(GatewayAddress gateway, ImmutableArray<ServiceEntry> services, Dialer dialer,
        CheckReport report, CancellationToken cancellationToken) =>
        report.StepAsync("admittance", gateway.ToString(), async () =>
        {
            var (status, text) = await dialer.AskAsync(gateway, TunnelTokens.AdmittancePath,
                string.Join('\n', services.Select(s => s.Name)), cancellationToken);
            return status != 200 || text.Trim().Length > 0
                ? throw new IOException(text.Trim().ReplaceLineEndings("; "))
                : "the gateway takes this agent and all of its services";
        });

    private static async Task MeasureAsync(GatewayAddress gateway, Dialer dialer, CheckReport report,
        CancellationToken cancellationToken)
    {
        try
        {
            var line = await LineMeter.MeasureAsync(dialer, gateway, MeasuringTime, TimeProvider.System,
                cancellationToken);
            var where = gateway.ToString();
            report.Write("clock", where, LineAdvice.IsClockGood(line), LineAdvice.ClockText(line));
            report.Write("round trip", where, true, $"{line.RoundTrip.TotalMilliseconds:0.0} ms");
            report.Write("throughput", where, true, LineAdvice.ThroughputText(line, MaxSendBuffer()));
        }
        catch (DialException e)
        {
            report.Write("line", gateway.ToString(), false, e.Message);
        }
    }

    // Infinite where the kernel does not say (tcp(7), tcp_wmem: the third number).
    private static double MaxSendBuffer()
    {
        try
        {
            var numbers = RegularFile.ReadText("/proc/sys/net/ipv4/tcp_wmem").Split('\t', ' ', '\n');
            return double.Parse(numbers[2], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or FormatException or IndexOutOfRangeException
            or UnauthorizedAccessException)
        {
            return double.PositiveInfinity;
        }
    }
}
