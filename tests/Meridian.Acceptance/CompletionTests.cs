using System.Text.Json;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>What makes a shell and an editor complete what people write.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Every_shell_gets_a_script_that_it_can_read(string shell)
    {
        var run = await MeridianProgram.RunAsync("completion", shell);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
        Assert.SkipUnless(Run.Has(shell), $"{shell} is not installed");
        Assert.Equal(new Run(0, "", ""), await Run.ProgramAsync(shell, "-n", _folder.Write("script", run.Output)));
    }

    [Fact]
    public async Task Another_shell_is_wrong_usage()
    {
        var run = await MeridianProgram.RunAsync("completion", "csh");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'bash'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meridian ov", "override")]
    [InlineData("meridian override ", "set")]
    [InlineData("meridian status --wa", "--watch")]
    public async Task Bash_completes_commands_and_options(string line, string word)
    {
        Assert.SkipUnless(Run.Has("bash"), "bash is not installed");
        var script = _folder.Write("script", (await MeridianProgram.RunAsync("completion", "bash")).Output);

        // As readline calls it, with a function in place of the program's name.
        var run = await Run.ProgramAsync("bash", "-c", """
            library=$1 script=$2 line=$3
            meridian() { dotnet "$library" "$@"; }
            source "$script"
            read -r -a COMP_WORDS <<< "$line"
            [[ $line == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )) COMP_LINE=$line COMP_POINT=${#line}
            _meridian
            printf '%s\n' "${COMPREPLY[@]}"
            """, "bash", MeridianProgram.Library, script, line);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(word, run.Output.Split('\n'));
    }

    [Fact]
    public async Task The_schema_is_JSON_that_knows_every_kind_and_is_the_whole_output()
    {
        var run = await MeridianProgram.RunAsync("schema");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var schema = JsonDocument.Parse(run.Output);
        Assert.StartsWith("http", schema.RootElement.GetProperty("$schema").GetString());
        Assert.All(["Zone", "GlobalEndpoint", "AddressPool", "TunnelAgent"],
            kind => Assert.Contains($"\"{kind}\"", run.Output, StringComparison.Ordinal));
    }
}
