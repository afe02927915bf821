using System.CommandLine;
using System.Text;
using Meridian.CommandLine;

namespace Meridian.Tests;

/// <summary>Makes docs/reference/commands.md of the command line.</summary>
internal static class CommandPage
{
    public static string Write()
    {
        var page = new StringBuilder("# Commands\n\nMade from the code; a test holds it current. Exit status: 0 done, "
            + "1 the thing checked is not so, 2 wrong usage (a name to be set that "
            + "nothing has, too), 3 cannot reach, cannot start, or the node may not or cannot do it.\n");
        WriteCommands(page, RootCommandFactory.Create(), "meridian");
        return page.ToString();
    }

    private static void WriteCommands(StringBuilder page, Command parent, string path)
    {
        foreach (var command in parent.Subcommands)
        {
            var name = $"{path} {command.Name}";
            page.Append($"\n## {name}\n\n{command.Description}\n");
            if (command is ExampleCommand { Example: var example })
                page.Append($"\n```sh\n{example}\n```\n");
            if (command.Arguments.Count + command.Options.Count > 0)
            {
                page.Append("\n| argument | default | meaning |\n| --- | --- | --- |\n");
                foreach (var argument in command.Arguments)
                    page.Append($"| `{argument.Name}` | required | {argument.Description} |\n");
                foreach (var option in command.Options.Where(o => !o.Hidden))
                    page.Append($"| `{string.Join("`, `", option.Aliases.Prepend(option.Name))}` | {Default(option)} | "
                        + $"{option.Description} |\n");
            }

            WriteCommands(page, command, name);
        }
    }

    private static string Default(Option option)
    {
        if (option.Required)
            return "required";
        if (option.Name is "--node")
            return "the machine's name";
        if (option.Name is "--state")
            return "the XDG state folder";
        if (option.Name is "--author")
            return "the user's name";
        return !option.HasDefaultValue ? "" : option.GetDefaultValue() switch
        {
            null or false or Array { Length: 0 } => "",
            Array list => $"`{string.Join(", ", list.Cast<object>())}`",
            TimeSpan span => $"`{Meridian.Model.Values.Durations.Format(span)}`",
            Uri uri => $"`{uri.OriginalString}`",
            var value => $"`{value}`",
        };
    }
}
