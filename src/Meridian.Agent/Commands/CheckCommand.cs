using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Files;
using Meridian.Tunnel.Sites;

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
        var command = new Command("check", "See whether gateways and services can be reached, step by step.")
        {
            folder,
            config,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new AgentFolder(result.GetRequiredValue(folder), result.GetValue(config)), result.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AgentFolder folder, InvocationConfiguration console,
        CancellationToken cancellationToken)
    {
        AgentFile file;
        try
        {
            file = AgentFile.Read(folder.File);
        }
        catch (AgentFileException e)
        {
            await console.Error.WriteLineAsync($"meridian-agent: {e.Message}");
            return ExitCode.Faulty;
        }

        var report = new CheckReport(console.Output, TimeProvider.System);
        report.WriteHead();
        report.Write("proxy", RootCommandFactory.Proxy is { } proxy ? $"{proxy.Host}:{proxy.Port}" : "-", true,
            RootCommandFactory.Proxy is null ? "none: HTTPS_PROXY is not set" : "by HTTPS_PROXY");
        using var own = await CertificateAsync(folder, report);
        var dialer = new Dialer(new DialOptions
        {
            Authority = folder.IsEnrolled ? folder.Authority : null,
            Certificate = () => own,
            Proxy = RootCommandFactory.Proxy,
        });
        foreach (var gateway in file.Gateways)
            await ReachAsync(gateway, dialer, report, cancellationToken);
        foreach (var gateway in own is null ? [] : file.Gateways)
            await MeasureAsync(gateway, dialer, report, cancellationToken);
        foreach (var service in file.Services)
        {
            await report.StepAsync("service", service.Name, async () =>
            {
                using var socket = await service.Address.ConnectAsync(cancellationToken);
                return $"{service.Address} takes connections";
            });
        }

        return report.HasFailed ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<X509Certificate2?> CertificateAsync(AgentFolder folder, CheckReport report)
    {
        X509Certificate2? own = null;
        if (folder.IsEnrolled)
            await report.StepAsync("certificate", "-", () => Task.FromResult(TextOf(own = folder.Certificate())));
        else
            report.Write("certificate", "-", false, "not enrolled; `meridian-agent enroll` does it");
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
        if (RootCommandFactory.Proxy is null)
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
