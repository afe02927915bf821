using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.Steering.Explaining;

namespace Meridian.CommandLine;

/// <summary><c>meridian explain</c>: the whole decision for a client.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Host name" };
        var client = Arguments.Text("--client",
            "Address or network of the client, such as 198.51.100.0/24; 127.0.0.1 by default");
        var type = new Option<string>("--type") { Description = "A or AAAA", DefaultValueFactory = _ => "A" };
        var server = Arguments.Server();
        var token = Arguments.TokenFile();
        var output = Arguments.WideOutput();
        var command = new ExampleCommand("explain", "Explain why a client gets the answer that it gets.",
            "meridian explain kokoro.ai.example.com --client 198.51.100.0/24")
        {
            name, client, type, server, token, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var api = new ManagementClient(result.GetRequiredValue(server),
                Arguments.ReadToken(result.GetValue(token)));
            var explanation = await api.ExplainAsync(
                result.GetRequiredValue(name), result.GetValue(client), result.GetValue(type), cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(explanation, ApiJson.Options));
            else
                Print(explanation, result.GetRequiredValue(output) == "wide");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Explanation explanation, bool wide)
    {
        var console = Screen.Create(wide);
        console.Write(ExplainView.Draw(explanation, console.Profile.Width));
    }
}
