using System.CommandLine;

namespace Meridian.CommandLine;

/// <summary><c>meridian completion</c>: what makes a shell complete commands and options.</summary>
internal static class CompletionCommand
{
    // The program itself answers what may follow: the command line's own [suggest] directive.
    private const string Bash = """
        _meridian() {
            local IFS=$'\n'
            COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" \
                -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _meridian meridian
        """;

    private const string Zsh = """
        #compdef meridian
        _meridian() {
            local -a found
            found=("${(@f)$(${words[1]} "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a found
        }
        compdef _meridian meridian
        """;

    private const string Fish = """
        complete -c meridian -a '(meridian "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" }
            .AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new ExampleCommand("completion",
            "Print a script that makes a shell complete commands and options.",
            "source <(meridian completion bash)") { shell };
        command.SetAction(result =>
        {
            Console.WriteLine(result.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCode.Done;
        });
        return command;
    }
}
