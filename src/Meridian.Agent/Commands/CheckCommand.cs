using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Meridian.Agent.Configuration;
using Meridian.Agent.Identity;
using Meridian.Tunnel.Sites;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent check</c>: what a person would look at when it does not work.</summary>
internal static class CheckCommand
{
    /// <summary>How long each direction of a line is measured.</summary>
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2.5);

    /// <summary>How far clocks may differ before certificates are taken for old or new ones.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongLine = TimeSpan.FromMilliseconds(20);

    public static Command Create()
    {
        var folder = RootCommandFactory.Folder();
        var config = RootCommandFactory.Config();
        var command = new Command("check", "See whether gateways and services can be reached, step by step.")
        {
            folder,
            config,
        };
        command.SetAction((result, cancellationToken) =>
            RunAsync(new AgentFolder(result.GetRequiredValue(folder), result.GetValue(config)), cancellationToken));
        return command;
    }

    // What one connection carries is at most what its buffers hold, once for each round trip (bandwidth-delay product).
    private static string AdviceOf(LineReading line)
    {
        var most = MaxSendBuffer() / line.RoundTrip.TotalSeconds;
        return line.RoundTrip > LongLine && Math.Min(line.Down, line.Up) > 0.5 * most
            ? "; the kernel's buffers limit it: raise net.ipv4.tcp_rmem and tcp_wmem, here and at the gateway" : "";
    }

    private static double MaxSendBuffer()
    {
        try
        {
            return double.Parse(File.ReadAllText("/proc/sys/net/ipv4/tcp_wmem").Split('\t', ' ', '\n')[2],
                System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or FormatException or IndexOutOfRangeException
            or UnauthorizedAccessException)
        {
            return double.PositiveInfinity;
        }
    }

    private static async Task<int> RunAsync(AgentFolder folder, CancellationToken cancellationToken)
    {
        var failed = false;
        AgentFile file;
        try
        {
            file = AgentFile.Read(folder.File);
        }
        catch (AgentFileException e)
        {
            await Console.Error.WriteLineAsync($"meridian-agent: {e.Message}");
            return ExitCode.Faulty;
        }

        Console.WriteLine($"{"WHAT",-12} {"WHERE",-36} {"RESULT",-8} DETAIL");
        Say("proxy", RootCommandFactory.Proxy is { } proxy ? $"{proxy.Host}:{proxy.Port}" : "-", true,
            RootCommandFactory.Proxy is null ? "none: HTTPS_PROXY is not set" : "by HTTPS_PROXY");
        X509Certificate2? own = null;
        if (!folder.IsEnrolled)
            Say("certificate", "-", false, "not enrolled; `meridian-agent enroll` does it");
        else
            Step("certificate", "-",
                () => (own = folder.Certificate()).NotAfter > TimeProvider.System.GetLocalNow().DateTime
                ? $"of {own.GetNameInfo(X509NameType.SimpleName, false)}, until {own.NotAfter.ToUniversalTime():u}"
                : throw new IOException($"ended {own.NotAfter.ToUniversalTime():u}; enrol again"));
        var dialer = new Dialer(new DialOptions
        {
            Authority = folder.IsEnrolled ? folder.Authority : null,
            Certificate = () => own,
            Proxy = RootCommandFactory.Proxy,
        });
        foreach (var gateway in file.Gateways)
        {
            if (RootCommandFactory.Proxy is null)
                await StepAsync("dns", gateway.Host,
                    async () => string.Join(", ",
                        (await dialer.ResolveAsync(gateway.Host, cancellationToken)).AsEnumerable()));
            await StepAsync("tcp", gateway.ToString(), async () =>
            {
                await using var stream = await dialer.ConnectAsync(gateway, 0, cancellationToken);
                return "connected";
            });
            foreach (var form in Enum.GetValues<TunnelForm>())
            {
                await StepAsync(form switch
                {
                    TunnelForm.Tls => "tls rh2",
                    TunnelForm.Upgrade => "upgrade",
                    _ => "websocket",
                }, gateway.ToString(), async () =>
                {
                    await using var stream = await dialer.ReverseAsync(gateway, 0, form, cancellationToken);
                    return "a tunnel can stand this way";
                });
            }
        }

        if (own is not null)
        {
            foreach (var gateway in file.Gateways)
                await LineAsync(gateway);
        }

        foreach (var service in file.Services)
        {
            await StepAsync("service", service.Name, async () =>
            {
                using var socket = await service.Address.ConnectAsync(cancellationToken);
                return $"{service.Address} takes connections";
            });
        }

        return failed ? ExitCode.Failed : ExitCode.Done;

        async Task LineAsync(GatewayAddress gateway)
        {
            try
            {
                var line = await LineMeter.MeasureAsync(dialer, gateway, Measured, TimeProvider.System,
                    cancellationToken);
                Say("clock", gateway.ToString(), line.Ahead.Duration() < MaxSkew,
                    line.Ahead.Duration() < TimeSpan.FromSeconds(2)
                    ? "as the gateway's" : $"{line.Ahead.Duration().TotalSeconds:0} s {(line.Ahead > TimeSpan.Zero ? "ahead of" : "behind")} the gateway's");
                Say("round trip", gateway.ToString(), true, $"{line.RoundTrip.TotalMilliseconds:0.0} ms");
                Say("throughput", gateway.ToString(), true,
                    $"{line.Down / (1 << 20):0.0} MiB/s from the gateway, {line.Up / (1 << 20):0.0} MiB/s to it, on one connection{AdviceOf(line)}");
            }
            catch (DialException e)
            {
                Say("line", gateway.ToString(), false, e.Message);
            }
        }

        void Say(string what, string where, bool ok, string detail)
        {
            failed |= !ok;
            Console.WriteLine($"{what,-12} {where,-36} {(ok ? "ok" : "FAILED"),-8} {detail}");
        }

        void Step(string what, string where, Func<string> step) =>
            StepAsync(what, where, () => Task.FromResult(step())).GetAwaiter().GetResult();

        async Task StepAsync(string what, string where, Func<Task<string>> step)
        {
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                var detail = await step();
                Say(what, where, true, $"{detail} ({TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms)");
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                Say(what, where, false, e.Message);
            }
        }
    }
}
