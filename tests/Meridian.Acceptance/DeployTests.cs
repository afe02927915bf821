using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>The files that people install.</summary>
public sealed class DeployTests
{
    [Theory, InlineData("meridian.service"), InlineData("meridian-agent.service")]
    public async Task The_unit_file_is_rated_OK_by_systemd(string unit)
    {
        Assert.SkipUnless(Run.Has("systemd-analyze"),
            "systemd-analyze is not installed; on Debian: apt-get install systemd");
        var run = await Run.ProgramAsync("systemd-analyze", "security", "--offline=true",
            Path.Combine(Checkout.Root, "deploy", "systemd", unit));
        Assert.Matches($"Overall exposure level for {unit}: [0-9.]+ (OK|SAFE|PERFECT)", run.Output);
    }

    [Fact]
    public async Task The_drop_in_for_several_nodes_goes_with_the_unit_file_and_its_command_line_with_the_program()
    {
        Assert.SkipUnless(Run.Has("systemd-analyze"),
            "systemd-analyze is not installed; on Debian: apt-get install systemd");
        using var folder = new TestFolder();
        var systemd = Path.Combine(Checkout.Root, "deploy", "systemd");
        var unit = folder.Write("meridian.service",
            await File.ReadAllTextAsync(Path.Combine(systemd, "meridian.service")));
        var dropIn = await File.ReadAllTextAsync(Path.Combine(systemd, "fleet", "fleet.conf"));
        Directory.CreateDirectory(folder.File("meridian.service.d"));
        folder.Write("meridian.service.d/fleet.conf", dropIn);
        var run = await Run.ProgramAsync("env", $"SYSTEMD_UNIT_PATH={folder.Path}:", "systemd-analyze", "verify", unit);

        // The program is not installed here; nothing else is wrong.
        Assert.Equal("meridian.service: Command /usr/local/lib/meridian/meridian is not executable: "
            + "No such file or directory", (run.Output + run.Error).Trim());

        var line = dropIn[dropIn.LastIndexOf("serve", StringComparison.Ordinal)..].Replace("\\\n", " ",
            StringComparison.Ordinal);
        var variables = File.ReadAllLines(Path.Combine(systemd, "fleet", "node.env"))
            .Where(l => l.Contains('=', StringComparison.Ordinal) && l[0] != '#').Select(l => l.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1]);
        variables["STATE_DIRECTORY"] = folder.Path;
        variables["CREDENTIALS_DIRECTORY"] = folder.Path;
        foreach (var (name, value) in variables)
            line = line.Replace($"${{{name}}}", value, StringComparison.Ordinal);
        var started = await MeridianProgram.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries |
            StringSplitOptions.TrimEntries));

        // All options are known; the configuration is not there.
        Assert.Equal(3, started.ExitCode);
        Assert.Contains("/etc/meridian/config", started.Error, StringComparison.Ordinal);
    }
}
