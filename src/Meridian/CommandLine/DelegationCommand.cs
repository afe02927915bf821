using System.CommandLine;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Model;
using Meridian.NameServer.Delegation;
using Meridian.Running;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary><c>meridian delegation</c>: what the parent zone should have, and whether it has.</summary>
internal static class DelegationCommand
{
    public static Command Create()
    {
        var zone = new Argument<string>("zone") { Description = "Origin of the zone" };
        var config = new Option<string[]>("--config")
        {
            Description = "YAML files, or folders of them",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var resolver = Arguments.EndPoints("--resolver",
            "Name servers that find the parent's servers; the system's by default");
        var parent = Arguments.EndPoints("--parent", "The parent's servers, where no resolver finds them");
        var port = new Option<int>("--port")
        {
            Description = "Port of the zone's own name servers",
            DefaultValueFactory = _ => 53,
        };
        var print = new Option<bool>("--print") { Description = "Only print the records, and check nothing" };
        var output = Arguments.Output();
        var command = new ExampleCommand("delegation",
            "Print the records that the parent zone needs, and check from the outside whether it has them. Exit status "
            + "1 when something is not right.",
            "meridian delegation ai.example.com --config ./config")
        {
            zone, config, resolver, parent, port, print, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var configuration = ConfigurationReader.ReadPaths(result.GetRequiredValue(config));
            var name = result.GetRequiredValue(zone).TrimEnd('.').ToLowerInvariant();
            var zones = configuration.Resources.Zones;
            var found = zones
                .FirstOrDefault(z => z.Origin.TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new StartException($"there is no Zone with the origin `{name}`"
                    + Suggestion.For(name, zones.Select(z => z.Origin)));
            if (found.NameServers.IsEmpty)
                throw new StartException(
                    $"Zone `{found.Name}` names no `nameServers`, so there is nothing to delegate to");
            var records = DelegationRecord.Of(found);
            var ttl = (long)(found.Delegation?.Ttl ?? TimeSpan.FromHours(1)).TotalSeconds;
            var findings = result.GetValue(print) ? []
                : await new DelegationCheck(result.GetValue(resolver) ?? [], result.GetValue(parent) ?? [],
                    result.GetValue(port)).CheckAsync(found, cancellationToken);
            if (result.GetRequiredValue(output) == "json")
            {
                Console.WriteLine(JsonSerializer.Serialize(new { zone = name, records, findings }, ApiJson.Options));
                return findings.All(f => f.Right) ? ExitCode.Done : ExitCode.NotSo;
            }

            Console.WriteLine("; for the parent zone");
            foreach (var record in records)
            {
                var dot = record.Type == "NS" ? "." : "";
                foreach (var value in record.Values)
                    Console.WriteLine($"{record.Name}. {ttl} IN {record.Type} {value}{dot}");
            }

            foreach (var finding in findings)
            {
                AnsiConsole.Write(new Text(finding.Right ? "right" : "wrong",
                    new Style(finding.Right ? Color.Green : Color.Red)));
                Console.WriteLine($"  {finding.Subject}: {finding.Found}");
            }

            return findings.All(f => f.Right) ? ExitCode.Done : ExitCode.NotSo;
        });
        return command;
    }
}
