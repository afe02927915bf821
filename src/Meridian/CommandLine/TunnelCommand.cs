using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Api.Contracts;

namespace Meridian.CommandLine;

/// <summary><c>meridian tunnel</c>: agents of private sites.</summary>
internal static class TunnelCommand
{
    public static Command Create() => new("tunnel", "Enrol agents of private sites, and see their tunnels.")
    {
        Enroll(), List(), Authority(),
    };

    private static ExampleCommand Enroll()
    {
        var agent = new Argument<string>("AGENT") { Description = "Name of a TunnelAgent" };
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("enroll",
            "Make a code that `meridian-agent enroll` turns into a certificate: once, within an hour.",
            "meridian tunnel enroll hanoi-lab")
        {
            agent, server, token, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var code = await api.EnrollAsync(result.GetRequiredValue(agent), cancellationToken);
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(code, ApiJson.Options) : code.Code);
            await Console.Error.WriteLineAsync(
                $"meridian: the code is valid until {Screen.Time(code.Expires)}; on the host run "
                + "meridian-agent enroll --gateway HOST:PORT, and paste it");
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Authority()
    {
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("authority",
            "Print the certificate of the authority that agents trust, for those that run in Kubernetes and have no "
            + "code.", "meridian tunnel authority > tunnel-ca.crt") { server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var authority = await api.TunnelAuthorityAsync(cancellationToken);
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(new { authority }, ApiJson.Options) : authority);
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand List()
    {
        var (server, token, output) = (Arguments.Server(), Arguments.TokenFile(), Arguments.Output());
        var command = new ExampleCommand("list", "Show the tunnels that stand at a node.",
            "meridian tunnel list") { server, token, output };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var tunnels = await api.TunnelsAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
            {
                Console.WriteLine(JsonSerializer.Serialize(tunnels, ApiJson.Options));
                return ExitCode.Done;
            }

            Console.WriteLine(tunnels.Length == 0 ? "no tunnels" : Line(
                "AGENT", "FROM", "SINCE", "STATE", "OPEN", "RTT", "SERVICES"));
            foreach (var tunnel in tunnels)
                Console.WriteLine(LineOf(tunnel));
            return ExitCode.Done;
        });
        return command;
    }

    private static string LineOf(TunnelStatus tunnel)
    {
        var services = string.Join(", ", tunnel.Services.Select(s => $"{s.Name} {s.Health.ToLowerInvariant()}"));
        var labels = string.Join(", ", tunnel.Labels.OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => $"{l.Key}={l.Value}"));
        return Line(tunnel.Agent, tunnel.Remote, $"{tunnel.Since.UtcDateTime:u}", tunnel.Draining ? "draining" : "up",
            $"{tunnel.InFlight}", tunnel.RoundTripMs is { } trip ? $"{trip:0.0} ms" : "-",
            labels.Length == 0 ? services : $"{services}  ({labels})");
    }

    private static string Line(string agent, string from, string since, string state, string open, string roundTrip,
        string services) =>
        $"{agent,-20} {from,-22} {since,-20} {state,-9} {open,5} {roundTrip,9}  {services}";
}
