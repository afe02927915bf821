using System.CommandLine;
using Meridian.Api;
using Meridian.Operator.Crds;

namespace Meridian.CommandLine;

/// <summary><c>meridian schema</c>: the configuration as JSON Schema.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand("schema",
            "Print the configuration's JSON Schema, which makes an editor complete "
            + "and check it: begin a file with `# yaml-language-server: $schema=meridian.schema.json`.",
            "meridian schema > meridian.schema.json");
        command.SetAction(_ =>
        {
            Console.WriteLine(EditorSchema.Write().ToJsonString(ApiJson.Options));
            return ExitCode.Done;
        });
        return command;
    }
}
