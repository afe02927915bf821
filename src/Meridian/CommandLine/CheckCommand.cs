using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Running;

namespace Meridian.CommandLine;

/// <summary><c>meridian check</c>: validates configuration.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "YAML files, or folders of them",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = Arguments.Output();
        var command = new ExampleCommand("check", "Validate configuration and print every fault.",
            "meridian check ./config") { paths, output };
        command.SetAction(result => Run(result.GetRequiredValue(paths), result.GetRequiredValue(output) == "json"));
        return command;
    }

    private static int Run(string[] paths, bool json)
    {
        var loaded = LoadedConfiguration.Load(paths);
        var resources = loaded.Resources;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Sound = loaded.Faults.IsEmpty,
                Faults = loaded.Faults.Select(f => new { f.Where.File, f.Where.Line, f.Where.Column, f.Message }),
            }, ApiJson.Options));
        }
        else
        {
            foreach (var fault in loaded.Faults)
                Console.WriteLine(fault);
            Console.WriteLine(loaded.Faults.IsEmpty
                ? $"sound: {Count(resources.Zones.Length, "zone")}, {Count(resources.Endpoints.Length, "endpoint")}, " +
                  $"{Count(resources.Pools.Count, "pool")}, {Count(resources.HealthChecks.Count, "health check")}, {Count(resources.Sites.Count, "site")}" +
                  (resources.Clusters.Count > 0 ? $", {Count(resources.Clusters.Count, "cluster")}" : "")
                : Count(loaded.Faults.Length, "fault"));
        }

        return loaded.Faults.IsEmpty ? ExitCode.Done : ExitCode.NotSo;
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
