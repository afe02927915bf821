using System.CommandLine;
using Meridian.CommandLine;

namespace Meridian.Tests.CommandLine;

public sealed class JsonOptionTests
{
    // They run until they are stopped, or print one thing that is made for programs.
    private static readonly string[] Without = ["serve", "external-dns", "schema", "completion"];

    public static TheoryData<string> Commands => [.. Leaves(RootCommandFactory.Create(), "")];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_that_prints_data_prints_JSON(string command)
    {
        var result = RootCommandFactory.Create().Parse([.. command.Split(' '), "-o", "json"]);

        Assert.DoesNotContain(result.Errors, e => e.Message.Contains("-o", StringComparison.Ordinal)
            || e.Message.Contains("json", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? Without.Contains(path) ? [] : [path]
        : command.Subcommands.SelectMany(c => Leaves(c, path.Length == 0 ? c.Name : $"{path} {c.Name}"));
}
