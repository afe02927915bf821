using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Model;
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
        var state = new Option<string?>("--state")
        {
            Description = "State folder of a node, whose transferred zones, updates and records are checked as well",
        };
        var allowEmpty = Arguments.AllowEmpty();
        var output = Arguments.Output();
        var command = new ExampleCommand("check", "Validate configuration and print every fault.",
            "meridian check ./config") { paths, state, allowEmpty, output };
        command.SetAction(async (result, _) =>
        {
            var data = result.GetValue(state) is { } folder ? await StoredData.ReadAsync(folder) : null;
            var checkedConfiguration = NodeCheck.Run(result.GetRequiredValue(paths),
                result.GetValue(allowEmpty), data, TimeProvider.System);
            return Print(checkedConfiguration, result.GetRequiredValue(output) == "json");
        });
        return command;
    }

    private static int Print(LoadedConfiguration loaded, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Sound = loaded.Faults.IsEmpty,
                Faults = loaded.Faults.Select(Plain),
                Warnings = loaded.Warnings.Select(Plain),
            }, ApiJson.Options));
        }
        else
        {
            foreach (var fault in loaded.Warnings.Concat(loaded.Faults))
                Console.WriteLine(fault);
            Console.WriteLine(loaded.Faults.IsEmpty ? Summary(loaded) : Count(loaded.Faults.Length, "fault"));
        }

        return loaded.Faults.IsEmpty ? ExitCode.Done : ExitCode.NotSo;
    }

    private static object Plain(Fault fault) =>
        new { fault.Where.File, fault.Where.Line, fault.Where.Column, fault.Message };

    private static string Summary(LoadedConfiguration loaded)
    {
        var resources = loaded.Resources;
        var counts = new List<string>
        {
            Count(resources.Zones.Length, "zone"),
            Count(resources.Endpoints.Length, "endpoint"),
            Count(resources.Pools.Count, "pool"),
            Count(resources.HealthChecks.Count, "health check"),
            Count(resources.Sites.Count, "site"),
        };
        if (resources.Clusters.Count > 0)
            counts.Add(Count(resources.Clusters.Count, "cluster"));
        if (loaded.Warnings.Length > 0)
            counts.Add(Count(loaded.Warnings.Length, "warning"));
        return $"sound: {string.Join(", ", counts)}";
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
